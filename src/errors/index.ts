/** The one entry of the lowest layer: error classes, and the functions that word each error once. */
export {
  AbortError,
  ArrayError,
  brand,
  CorepoolError,
  ProcessStateError,
  RemoteError,
  TargetError,
  TaskError,
  type EndReason,
  type ErrorCode,
  type WorkerFate,
} from './classes.ts'
export { aborted, describe, invalidType, invalidValue, unknownOption } from './arguments.ts'
export {
  captures,
  rewritten,
  targetLoadFailed,
  targetNotFound,
  unreadableTarget,
  unsendableTarget,
  type CapturedName,
  type UnsendableKind,
} from './targets.ts'
export { detached, misfit, noMemory, notAnArray, outAndDtype, resizable, tooManyArguments } from './arrays.ts'
export { bindingNotLoaded, fromNative, nativeFailure } from './native.ts'
export {
  alreadyStarted,
  closed,
  daemonChild,
  exitWithoutResult,
  kernelHearsNothing,
  notStarted,
  spawnFailed,
  startedBefore,
  startedWhileLoading,
  stillRunning,
  workerDied,
} from './processes.ts'
export { notCloneable, payloadTooLarge, reservedMessage, type Payload } from './payloads.ts'
