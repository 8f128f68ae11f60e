/** The one entry of the lowest layer: error classes, and the functions that word each error once. */
export {
  AbortError,
  ArrayError,
  CorepoolError,
  ProcessStateError,
  RemoteError,
  TargetError,
  TaskError,
  type ErrorCode,
  type WorkerFate,
} from './classes.ts'
export { aborted, describe, invalidType, invalidValue, unknownOption } from './arguments.ts'
