/** The one entry of the layer that knows what a child process is told, and what it answers. */
import { fileURLToPath } from 'node:url'

/** The file that a child process runs. */
export const bootstrapFile: string = fileURLToPath(new URL('./bootstrap.js', import.meta.url))

export { callerFile } from './caller-file.ts'
export { currentProcess, nextIdentity } from './current-process.ts'
export { decodeError } from './errors.ts'
export { readFunction } from './function-source.ts'
export { checkExport } from './module-exports.ts'
export { isFromChild, isHello, type ChildTask, type FromChild, type TaskTarget, type ToChild } from './protocol.ts'
export { isModuleTarget, target, type ModuleTarget } from './target.ts'
export { checkCloneable, decode, encode } from './values.ts'
