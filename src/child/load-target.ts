/**
 * The function that a task names, in the child: compiled from its text, or imported.
 *
 * A module that starts a Process while it is imported as a target would start the next child, which imports it, and so on
 * without end. So the import has a context of its own, which whatever the module leaves running keeps; the target is
 * called outside of it, and may start as many as it likes.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { targetNeverLoads, targetNotFound } from '../errors/index.ts'
import { compileFunction } from './compile.ts'
import { loadFailure } from './load-failure.ts'
import { explaining } from './mistaken-globals.ts'
import { hasProcessClass } from './process-class.ts'
import type { TaskTarget } from './protocol.ts'

type Callable = (...args: unknown[]) => unknown

const importing = new AsyncLocalStorage<string>()
/** On Bun, whose contexts do not reach the code of a module: the module whose import has not ended. */
let pending: string | null = null

/** The module whose import the code that asks belongs to; null for all other code. */
export function moduleOnItsWay(): string | null {
  return importing.getStore() ?? pending
}

/**
 * @throws TargetError `ERR_TARGET_LOAD_FAILED` when importing the module throws, `ERR_TARGET_NOT_FOUND` when there is no
 *   such file, or no function under that name in it; what compiling the text throws
 */
export async function loadTarget(target: TaskTarget): Promise<Callable> {
  switch (target[0]) {
    case 'function':
      return explaining(compileFunction(target[1]), target[1].imported)
    case 'module':
      return importFunction(target[1], target[2])
  }
}

async function importFunction(url: string, exportName: string): Promise<Callable> {
  const module = await importWhileAlive(url)
  // Contexts make promises slower on older versions of Node; a module that did not bring Process along starts none.
  if (!hasProcessClass()) importing.disable()
  const names = Object.keys(module).filter((name) => typeof module[name] === 'function' && name !== 'module.exports')
  const found = names.includes(exportName) ? module[exportName] : undefined
  if (typeof found !== 'function') throw targetNotFound(url, exportName, names)
  return found as Callable
}

/** As importModule(); rejects, too, when nothing is left that could settle what the module awaits at its top level. */
function importWhileAlive(url: string): Promise<Readonly<Record<string, unknown>>> {
  if (process.versions['bun'] !== undefined) pending = url
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(targetNeverLoads(url))
    process.once('beforeExit', giveUp)
    const stopWaiting = (): void => {
      pending = null
      process.removeListener('beforeExit', giveUp)
    }
    void importing.run(url, importModule, url).finally(stopWaiting).then(resolve, reject)
  })
}

/** @throws TargetError `ERR_TARGET_LOAD_FAILED`, `ERR_TARGET_NOT_FOUND` */
export async function importModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(url)
  } catch (error) {
    throw isLoadFailure(error) ? error : loadFailure(url, error)
  }
}

/** The refusal of a start, by the Process class that the module has imported, says all by itself. */
function isLoadFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_TARGET_LOAD_FAILED'
}
