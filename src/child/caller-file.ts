/**
 * Which file called us: the place from which a sent function's `import()` resolves.
 *
 * The stack is asked for its call sites, not for its text, so that neither a source-map hook nor another program's format of
 * stacks can mislead; the hook and the stack's depth are as before when this returns. Where `Error` is frozen, Node may have another way to
 * ask; else the text is read, where it is V8's own.
 */
import { isAbsolute } from 'node:path'
import { builtinModule } from './builtin-module.ts'

/** Frames to look through for the first one of a file: eval, `Array.prototype.map` and the like come before it. */
const depth = 32

/** What Node puts where a program may put a hook of its own; it shows a stack as V8 does. */
const NO_HOOK = 'ErrorPrepareStackTrace'

/**
 * @param below the public function or constructor that was called; its caller is looked for
 * @returns a path (CommonJS) or a file: URL (ESM), as V8 has it; null for code of no file: the REPL, `node -e`, eval; undefined
 *   where nothing tells
 */
export function callerFile(below: Function): string | null | undefined {
  const { sites, text } = stackOf(below)
  if (sites.length > 0) return firstFile(sites.map((site) => (site.isEval() ? null : site.getFileName())))
  const names = scriptsBelow(below) ?? filesIn(text)
  return names.length === 0 ? undefined : firstFile(names)
}

function firstFile(names: readonly (string | null | undefined)[]): string | null {
  return names.find((name) => name && (name.startsWith('file:') || isAbsolute(name))) ?? null
}

interface Stack {
  /** None where `Error` is frozen, so that nobody can ask for them. */
  readonly sites: readonly NodeJS.CallSite[]
  readonly text: unknown
}

function stackOf(below: Function): Stack {
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
    const text = holder.stack
    return { sites, text }
  } finally {
    restoreHook()
    restoreDepth()
  }
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

interface ScriptSite {
  readonly functionName: string
  readonly scriptName: string
}

/** The names of the scripts, empty for eval, by the way that Node has since 22.12; undefined where it has none. */
function scriptsBelow(below: Function): string[] | undefined {
  const ask: unknown = Reflect.get(builtinModule('node:util'), 'getCallSites')
  if (typeof ask !== 'function') return undefined
  const sites = (ask as (frames: number, options: object) => readonly ScriptSite[])(2 * depth, { sourceMap: false })
  // Between that function and this one stand functions of ours alone, and none has its name.
  const own = sites.findIndex((site) => site.functionName === below.name)
  return own === -1 ? undefined : sites.slice(own + 1).map((site) => site.scriptName)
}

/** The files of a stack's text, null for a frame that has none; nothing where somebody else may have written the text. */
function filesIn(text: unknown): (string | null)[] {
  const hook: unknown = Reflect.get(Error, 'prepareStackTrace')
  const isShownByOthers = typeof hook === 'function' && hook.name !== NO_HOOK
  // With source maps it names files that were compiled, not those that run.
  if (typeof text !== 'string' || isShownByOthers || Reflect.get(process, 'sourceMapsEnabled') === true) return []
  const frames = text.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.map((frame) => (frame.includes('eval at ') ? null : (location.exec(frame)?.[1] ?? null)))
}

/** A file with line and column at the end of a frame: `at fails (file:///folder/file.mjs:16:9)`. */
const location = /^\s+at (?:.*? \(|async )?((?:file:|\/|[A-Za-z]:[\\/]).*):\d+:\d+\)?$/
