/** The function that a task names, in the child: compiled from its text, or imported. */
import { targetNeverLoads, targetNotFound } from '../errors/index.ts'
import { compileFunction } from './compile.ts'
import type { FunctionSource } from './function-source.ts'
import { loadFailure } from './load-failure.ts'
import { explaining } from './mistaken-globals.ts'
import type { TaskTarget } from './protocol.ts'
import { importGuarded, isOfImport, outsideOfImport, relaxGuard } from './start-guard.ts'

// Not imported: see channel.ts.
const { process, setImmediate: nextTurn } = globalThis

function ignore(): void {}

type Callable = (...args: unknown[]) => unknown

/**
 * @throws TargetError `ERR_TARGET_LOAD_FAILED` when importing the module throws, `ERR_TARGET_NOT_FOUND` when there is no
 *   such file, or no function under that name in it; what compiling the text throws
 */
export async function loadTarget(target: TaskTarget): Promise<Callable> {
  switch (target[0]) {
    case 'function':
      return loadFunction(target[1])
    case 'module':
      return importFunction(target[1], target[2])
  }
}

/** The file that a function stands in and loads is loaded before it, under the guard: the file starts the function. */
async function loadFunction(source: FunctionSource): Promise<Callable> {
  const { ownUrl, imported } = source
  if (ownUrl === null) return explaining(outsideOfImport(compileFunction(source)), imported)
  await importWhileAlive(ownUrl)
  await relaxGuard()
  return explaining(outsideOfImport(compileFunction(source)), imported)
}

async function importFunction(url: string, exportName: string): Promise<Callable> {
  const module = await importWhileAlive(url)
  await relaxGuard()
  const names = Object.keys(module).filter((name) => typeof module[name] === 'function' && name !== 'module.exports')
  const found = names.includes(exportName) ? module[exportName] : undefined
  if (typeof found !== 'function') throw targetNotFound(url, exportName, names)
  return outsideOfImport(found as Callable)
}

/** As importModule(); rejects, too, when nothing is left that could settle what the module awaits at its top level. */
function importWhileAlive(url: string): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    let isAgain = false
    const look = (): void => {
      // What the module emits itself says nothing.
      if (isOfImport()) return
      if (isAgain) return reject(targetNeverLoads(url))
      // Those who listen may go on. Where they do not, it is emitted again when the loop has turned once.
      isAgain = true
      nextTurn(ignore)
    }
    process.on('beforeExit', look)
    const stopWaiting = (): void => void process.removeListener('beforeExit', look)
    void importGuarded(url, importModule).finally(stopWaiting).then(resolve, reject)
  })
}

/** @throws TargetError `ERR_TARGET_LOAD_FAILED`, `ERR_TARGET_NOT_FOUND` */
export async function importModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(url)
  } catch (error) {
    throw loadFailure(url, error)
  }
}
