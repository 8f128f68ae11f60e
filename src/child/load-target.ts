/** The function that a task names, in the child: compiled from its text, or imported. */
import { targetLoadFailed, targetNotFound } from '../errors/index.ts'
import { compileFunction } from './compile.ts'
import { explaining } from './mistaken-globals.ts'
import type { TaskTarget } from './protocol.ts'

type Callable = (...args: unknown[]) => unknown

/**
 * @throws TargetError `ERR_TARGET_LOAD_FAILED` when importing the module throws, `ERR_TARGET_NOT_FOUND` when it has no
 *   function under that name; what compiling the text throws
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
  const module = await importModule(url)
  const names = Object.keys(module).filter((name) => typeof module[name] === 'function' && name !== 'module.exports')
  const found = names.includes(exportName) ? module[exportName] : undefined
  if (typeof found !== 'function') throw targetNotFound(url, exportName, names)
  return found as Callable
}

async function importModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(url)
  } catch (error) {
    throw targetLoadFailed(url, error)
  }
}
