export {
  AbortError,
  ArrayError,
  CorepoolError,
  ProcessStateError,
  RemoteError,
  TargetError,
  TaskError,
  type ErrorCode,
} from './errors/index.ts'
export { cube, isNative, square, type AsyncOptions, type Kernel, type Operand } from './kernel/index.ts'
export type { Arrays, DType, NumericArray } from './memory/index.ts'
export { cores, type Cores, type CoreStats, type Topology } from './native/index.ts'
export {
  activeChildren,
  cpuCount,
  currentProcess,
  parentProcess,
  Process,
  target,
  usableCpuCount,
  type ChildOptions,
  type ExitStatus,
  type ModuleTarget,
  type ParentProcess,
  type ProcessOptions,
  type ProcessState,
  type Target,
  type ThisProcess,
} from './process/index.ts'
