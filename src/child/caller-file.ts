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
  const holder: { stack?: unknown } = {}
  let sites: readonly NodeJS.CallSite[] = []
  const restoreDepth = replace('stackTraceLimit', depth)
  const restoreHook = replace('prepareStackTrace', (error: unknown, found: readonly NodeJS.CallSite[]) => {
    if (error === holder) sites = found
    return ''
  })
  try {
    Error.captureStackTrace(holder, below)
    // V8 calls the hook when the stack is first read, if it has not done so yet.
    void holder.stack
  } finally {
    restoreHook()
    restoreDepth()
  }
  for (const site of sites) {
    const file = site.isEval() ? null : site.getFileName()
    if (file && (file.startsWith('file:') || isAbsolute(file))) return file
  }
  return null
}

/**
 * By assignment where there is a plain property: Bun hears of nothing else. By Reflect: with frozen intrinsics this does
 * nothing, where a statement would throw.
 * @returns what puts back what was there
 */
function replace(name: 'prepareStackTrace' | 'stackTraceLimit', value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(Error, name)
  // What was put on Object.prototype must not become part of it.
  if (before !== undefined) Object.setPrototypeOf(before, null)
  if (before === undefined || before.writable === true) Reflect.set(Error, name, value)
  else {
    const replacement = { __proto__: null, value, writable: true, enumerable: true, configurable: true }
    Reflect.defineProperty(Error, name, replacement as PropertyDescriptor)
  }
  return () => {
    if (before === undefined) Reflect.deleteProperty(Error, name)
    else if (before.writable === true) Reflect.set(Error, name, before.value)
    else Reflect.defineProperty(Error, name, before)
  }
}
