/**
 * The quick end of a spare whose target is done: by `_exit`, as Python ends its children. Node would stop its threads first and
 * let libraries run their `atexit` handlers, a quarter of the time from the result to the end, which nobody needs but join().
 *
 * The listeners of 'exit' run as ever, and what is printed is printed. Where anything may want more of the end than that, the
 * process takes Node's way: a library that was preloaded, flags, an addon of the target's, a profiler, a trace, a thread.
 */
import { exit, isAtItsEnd } from './channel.ts'

// Not imported: see channel.ts.
const { process } = globalThis
const { apply } = Reflect
const { includes } = Array.prototype
const dlopen = process.dlopen

/** What Node calls at the end of `process.exit()`, and programs replace; it has no name that is documented. */
const ended = process as unknown as { reallyExit?: (code?: unknown) => void; readonly moduleLoadList?: unknown[] }
const reallyExit = ended.reallyExit
const loaded = ended.moduleLoadList

/** True where modules of Node's are loaded whose users may be owed something at the end, which C++ does there. */
function isOwed(): boolean {
  return isLoaded('inspector') || isLoaded('trace_events') || isLoaded('worker_threads')
}

function isLoaded(name: string): boolean {
  return apply(includes, loaded, [`NativeModule ${name}`])
}

/** Variables by which other code comes into a process, or is run at its end. */
const variables = ['DYLD_INSERT_LIBRARIES', 'LD_AUDIT', 'LD_PRELOAD', 'NODE_OPTIONS', 'NODE_V8_COVERAGE']

let endNow: ((code: number) => void) | undefined

/**
 * Loads the addon, which has the call that Node lacks: half a millisecond to one, for which a spare has the time.
 * @param addon its file; null when the parent runs without
 */
export function prepareQuickEnd(addon: string | null): void {
  const { versions, execArgv, env } = process
  const isNode = versions['bun'] === undefined && versions['deno'] === undefined
  if (addon === null || !isNode || reallyExit === undefined || loaded === undefined) return
  if (execArgv.length > 0 || variables.some((name) => env[name] !== undefined)) return
  const module: { exports: { readonly endNow?: (code: number) => void } } = { exports: {} }
  try {
    dlopen(module, addon)
  } catch {
    return
  }
  endNow = module.exports.endNow
  process.dlopen = (...given) => {
    // What is loaded from here on may have handlers of its own.
    endNow = undefined
    return apply(dlopen, process, given)
  }
}

/**
 * Emits 'exit' by `emit` and, where that is the end of this process and no emission of the target's, ends it then: where nothing is left
 * to do, Node would take its whole heap apart; nobody waits for that but join().
 */
export function emitEnd(emit: () => boolean): boolean {
  if (!isAtItsEnd() || ended.reallyExit !== reallyExit) return emit()
  if (endNow !== undefined && !isOwed()) {
    ended.reallyExit = (code) => {
      // Asked again: the listeners of 'exit' are the target's.
      if (!isOwed()) endNow?.((code as number) | 0)
      apply(reallyExit as (code?: unknown) => void, process, [code])
    }
  }
  emit()
  // By what the listeners have left in the place of `reallyExit`; nothing is emitted again.
  return exit()
}
