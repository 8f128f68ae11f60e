/**
 * Which file called us: the place from which a sent function's `import()` resolves.
 *
 * The stack is asked for its call sites, not for its text, so that neither a source-map hook nor another program's format of
 * stacks can mislead; the hook and the stack's depth are as before when this returns.
 */
import { isAbsolute } from 'node:path'

/** Frames to look through for the first one of a file: eval, `Array.prototype.map` and the like come before it. */
const depth = 32

/**
 * @param below the public function or constructor that was called; its caller is looked for
 * @returns a path (CommonJS) or a file: URL (ESM), as V8 has it; null for code of no file: the REPL, `node -e`, eval
 */
export function callerFile(below: Function): string | null {
  const hook = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  const holder: { stack?: unknown } = {}
  let sites: readonly NodeJS.CallSite[] = []
  // Reflect: with frozen intrinsics this does nothing, where an assignment would throw.
  Reflect.defineProperty(Error, 'stackTraceLimit', {
    value: depth,
    writable: true,
    enumerable: true,
    configurable: true,
  })
  Reflect.defineProperty(Error, 'prepareStackTrace', {
    value: (error: unknown, found: readonly NodeJS.CallSite[]) => {
      if (error === holder) sites = found
      return ''
    },
    writable: true,
    enumerable: true,
    configurable: true,
  })
  try {
    Error.captureStackTrace(holder, below)
    // V8 calls the hook when the stack is first read, if it has not done so yet.
    void holder.stack
  } finally {
    restore('prepareStackTrace', hook)
    restore('stackTraceLimit', limit)
  }
  for (const site of sites) {
    const file = site.isEval() ? null : site.getFileName()
    if (file && (file.startsWith('file:') || isAbsolute(file))) return file
  }
  return null
}

function restore(name: 'prepareStackTrace' | 'stackTraceLimit', before: PropertyDescriptor | undefined): void {
  if (before === undefined) Reflect.deleteProperty(Error, name)
  else Reflect.defineProperty(Error, name, before)
}
