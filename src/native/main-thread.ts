/**
 * Which thread this is. Memory of the addon's own is lent to the main thread alone: when another thread ends, Node gives back what was lent
 * to it, also what ArrayBuffer.prototype.transfer() has put under another buffer, which may be on a third thread by then.
 */

/** Whether Node marks this as a worker_thread: on what one may not call. Read before anybody could replace it, without loading a module. */
export const isMarkedWorker: boolean = Reflect.get(process.abort, 'disabled') === true

let isMain: boolean | undefined

/**
 * Whether this is the main thread, which ends after all others: by the documented answer too, for which a module is loaded when it is first
 * needed, and which a program may have replaced by then.
 */
export function isMainThread(): boolean {
  return (isMain ??= !isMarkedWorker && process.getBuiltinModule('node:worker_threads').isMainThread)
}
