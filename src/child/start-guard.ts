/**
 * The start guard: to which module's import the code belongs that starts a Process.
 *
 * A module that starts a Process while it is imported as a target would start the next child, which imports it, and so on
 * without end. So the import has a context of its own, which whatever the module leaves running keeps; the target is
 * called outside of it, and may start as many as it likes.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { currentProcess } from './current-process.ts'
import { hasProcessClass } from './process-class.ts'

// Not taken from the global object when they are needed: the module may have replaced them.
const { setImmediate } = globalThis
const activeResources = process.getActiveResourcesInfo.bind(process)
const isBun = process.versions['bun'] !== undefined
/** Before Node 24 each promise is slower, by twice its own time, as long as there are contexts. */
const isCostly = Number(process.versions.node.split('.', 1)) < 24

/** The module that is imported; null in the target itself, on Bun. */
const context = new AsyncLocalStorage<string | null>()
/** On Bun, where some code has no context: the module that it is taken to be of. */
let suspected: string | null = null

/** The module whose import the code that asks belongs to; null for all other code. */
export function moduleOnItsWay(): string | null {
  const url = context.getStore()
  return url === undefined ? suspected : url
}

/** Imports the module by `load` as one that may start no Process, now or later. */
export async function importGuarded<T>(url: string, load: (url: string) => Promise<T>): Promise<T> {
  if (isBun) suspected = url
  try {
    return await context.run(url, isBun ? () => loadByRequire(url, load) : () => load(url))
  } finally {
    // Code without a context may be the target's: it is refused only where a storm would have to pass.
    if (currentProcess().identity.length < 2) suspected = null
  }
}

/** Bun's import() runs a module outside of every context, its require() in the one of the caller. */
function loadByRequire<T>(url: string, load: (url: string) => Promise<T>): Promise<T> {
  try {
    process.getBuiltinModule('node:module').createRequire(import.meta.url)(url)
  } catch {
    // What awaits at its top level runs on all the same; what failed fails again, for which CommonJS runs again.
  }
  return load(url)
}

/** The target, such that what it starts is its own. */
export function outsideOfImport<A extends unknown[], R>(target: (...args: A) => R): (...args: A) => R {
  return isBun ? (...args) => context.run(null, target, ...args) : target
}

/** To be called when the import is over: has promises be fast again where the module can start no Process any more. */
export async function relaxGuard(): Promise<void> {
  if (!isCostly || hasProcessClass()) return
  // A turn later, what only promises kept going is over, or waits for something that is seen. A timer that keeps nothing alive
  // is not seen.
  await new Promise<void>((resolve) => void setImmediate(resolve))
  if (!hasProcessClass() && activeResources().length === 0) context.disable()
}
