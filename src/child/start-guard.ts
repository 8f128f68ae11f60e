/**
 * The start guard: whether the code that starts a Process is the target's, or that of a module which a child has loaded.
 *
 * A module that starts a Process because it is loaded would start the next child, which loads it, and so on without end. So what
 * is loaded has a context of its own, which whatever the module leaves running keeps: the import of the target by us, what the
 * target imports or requires by the channels on which Node tells of it. The target itself runs in a context that says so. Code
 * that has neither (a listener of the process, say) proves nothing: there, what has started an ancestor is not started again.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { currentProcess } from './current-process.ts'
import { hasProcessClass } from './process-class.ts'
import type { TaskTarget } from './protocol.ts'

// Not taken from the global object when they are needed: the module may have replaced them.
const { setImmediate } = globalThis
const { apply } = Reflect
const activeResources = process.getActiveResourcesInfo.bind(process)
const isBun = process.versions['bun'] !== undefined
const nodeMajor = Number(process.versions.node.split('.', 1))
/** Before Node 24 each promise is slower, by twice its own time, as long as there are contexts. */
const isCostly = nodeMajor < 24
/** No Node before 22 tells of what is loaded: to listen there would only take time from the start. */
const mayTell = !isBun && nodeMajor >= 22
/** How often a target may stand in its own line of ancestors where nobody tells of what is loaded: a storm of two each is 62 processes. */
const MOST_REPEATED = 5

/** A module that the target has loaded, by the name under which it did. */
interface Loaded {
  readonly loaded: string
}

/** The module that is imported as the target; what the target has loaded; null: the target itself. */
const context = new AsyncLocalStorage<string | Loaded | null>()
/** On Bun, where some code has no context: the module that it is taken to be of. */
let suspected: string | null = null
/** The target has the context that says so, so that code without one is not proved to be the target's. */
let isMarked = false
/**
 * This runtime tells of what is loaded. Node tells of both ways or of none, and whoever starts a Process has loaded the class; Deno
 * tells of require() alone.
 */
let tellsOfLoads = false

/** The module whose code starts the target, where it may not; null for all other code. */
export function moduleOnItsWay(target: TaskTarget | null): string | null {
  const code = context.getStore()
  if (typeof code === 'string') return code
  if (code === undefined && suspected !== null) return suspected
  if (target === null) return null
  const { ancestors, identity } = currentProcess()
  const origin = originOf(target)
  const times = ancestors.filter((ancestor) => ancestor === origin).length
  // A module may start another target than those it came from, but not in the next generation again.
  if (code) return times > 0 || identity.length > 1 ? code.loaded : null
  if (code === undefined && isMarked) return times > 0 ? fileOf(target) : null
  return !tellsOfLoads && times >= MOST_REPEATED ? fileOf(target) : null
}

/** The line of ancestors of which this process, with its target, is the last. */
export function withItsOrigin(ancestors: readonly string[], target: TaskTarget): readonly string[] {
  const origin = originOf(target)
  // Where contexts are costly only a target that starts itself is marked; a storm is then one generation longer.
  isMarked = isBun || !isCostly || ancestors.includes(origin)
  return [...ancestors, origin]
}

/** The same for the same target in each generation, and for no other. */
function originOf(target: TaskTarget): string {
  if (target[0] === 'module') return `${fileOf(target)}#${target[2]}`
  const { line, column, name, text } = target[1]
  return `${fileOf(target)}:${line}:${column} ${name} ${text.length}`
}

function fileOf(target: TaskTarget): string {
  // A query makes a module another one, which is the same file.
  return target[0] === 'module' ? target[1].replace(/[?#].*$/s, '') : (target[1].file ?? 'the target')
}

/** From here on what is loaded has a context that says so; a module that is loaded by another belongs to the first. */
export function watchLoads(): void {
  if (!mayTell || isWatching) return
  isWatching = true
  channel('tracing:module.import:start').bindStore(context, (message) =>
    loadedBy(Reflect.get(message as object, 'url')),
  )
  channel('tracing:module.require:start').bindStore(context, (message) =>
    loadedBy(Reflect.get(message as object, 'id')),
  )
}

let isWatching = false

// A spare does it while nobody waits. Where contexts are costly it must not: the rehearsal loads a module.
if (!isCostly) watchLoads()

function loadedBy(name: unknown): string | Loaded {
  tellsOfLoads = process.versions['deno'] === undefined
  return context.getStore() ?? { loaded: String(name) }
}

/** True in code of the module that is imported as the target, as far as it has a context. */
export function isOfImport(): boolean {
  return typeof context.getStore() === 'string'
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
  // By apply(): run() itself would call it with null as its `this`.
  return isMarked ? (...args) => context.run(null, apply<undefined, A, R>, target, undefined, args) : target
}

/** To be called when the import is over: has promises be fast again where the module can start no Process any more. */
export async function relaxGuard(): Promise<void> {
  if (!isCostly || hasProcessClass()) return
  // A turn later, what only promises kept going is over, or waits for something that is seen. A timer that keeps nothing alive
  // is not seen: what it starts is stopped by the line of ancestors, one generation later.
  await new Promise<void>((resolve) => void setImmediate(resolve))
  if (!hasProcessClass() && activeResources().length === 0) context.disable()
}
