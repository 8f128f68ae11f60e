/** The one entry of the layer that knows what a child process is told, and what it answers. */
import { fileURLToPath } from 'node:url'

/** The file that a child process runs: bootstrap.ts and what it imports, made one by scripts/bundle.mjs. */
export const bootstrapFile: string = fileURLToPath(new URL('../child/bootstrap.cjs', import.meta.url))

export { callerFile } from './caller-file.ts'
export { currentProcess, nextIdentity, type CurrentProcess } from './current-process.ts'
export { decodeError } from './errors.ts'
export { readFunction } from './function-source.ts'
export { holdBy, type Hold } from './hold.ts'
export { Inbox } from './inbox.ts'
export { checkExport } from './module-exports.ts'
export type { ParentLink } from './parent-link.ts'
export { noteProcessClass } from './process-class.ts'
export {
  ASK_HELLO,
  isFromChild,
  isHello,
  STARTED_BY,
  type ChildTask,
  type FromChild,
  type Rehearse,
  type TaskTarget,
  type ToChild,
} from './protocol.ts'
export { isModuleTarget, target, type ModuleTarget } from './target.ts'
export { checkCloneable, decode, encode, type Encoded } from './values.ts'
