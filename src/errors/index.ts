/** The one entry of the lowest layer: error classes, and the functions that word each error once. */
export {
  AbortError,
  ArrayError,
  brand,
  CorepoolError,
  KernelError,
  ownCode,
  ProcessStateError,
  RemoteError,
  TargetError,
  TaskError,
  type EndReason,
  type ErrorCode,
  type WorkerFate,
} from './classes.ts'
export { isIdentifier } from './identifier.ts'
export { isArray, isRevoked } from './revoked.ts'
export { aborted, describe, invalidType, invalidValue, unknownOption } from './arguments.ts'
export {
  captures,
  importsFromUnknownFile,
  rewritten,
  targetFileNotFound,
  targetLoadFailed,
  targetNeverLoads,
  targetNotFound,
  unreadableTarget,
  unsendableTarget,
  type CapturedName,
  type UnsendableKind,
  sawGlobal,
} from './targets.ts'
export {
  kernelCaptures,
  kernelSyntax,
  kernelUnsupported,
  kernelUnsupportedWhole,
  kernelWithoutText,
  type KernelText,
  type SourcePosition,
  type UndeclaredName,
} from './kernels.ts'
export { reasons } from './kernel-reasons.ts'
export { runReasons } from './run-reasons.ts'
export { targetReasons } from './target-reasons.ts'
export {
  detached,
  misfit,
  noBigints,
  noMemory,
  notAnArray,
  notAnOperand,
  notTransferable,
  outAndDtype,
  resizable,
  tooManyBins,
  wrongArguments,
} from './arrays.ts'
export { fromNative, nativeFailure } from './native.ts'
export { bindingNeeded, bindingNotLoaded, partNotFound, type BindingProblem, type Libc } from './binding.ts'
export {
  alreadyStarted,
  childFileNotFound,
  closed,
  daemonChild,
  exitWithoutResult,
  flagsNotSupported,
  kernelHearsNothing,
  nestedTooDeep,
  notStarted,
  ownProgramOnly,
  runsInsteadOfChild,
  spawnFailed,
  startedBefore,
  startedWhileLoading,
  stillRunning,
  workerDied,
} from './processes.ts'
export {
  handleNotSent,
  isOfStackEnd,
  notCloneable,
  payloadTooLarge,
  reservedMessage,
  tooDeepToWrite,
  unreadablePayload,
  type Payload,
} from './payloads.ts'
