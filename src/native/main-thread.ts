/**
 * Which thread this is. Memory of the addon's own is lent to the main thread alone: when another thread ends, Node gives back what was lent
 * to it, also what ArrayBuffer.prototype.transfer() has put under another buffer, which may be on a third thread by then.
 */

let isMain: boolean | undefined

/** Whether this is the main thread, which ends after all others. Asked when it is first needed: a module is loaded for it. */
export function isMainThread(): boolean {
  return (isMain ??= process.getBuiltinModule('node:worker_threads').isMainThread)
}
