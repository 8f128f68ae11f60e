export {
  AbortError,
  ArrayError,
  CorepoolError,
  KernelError,
  ProcessStateError,
  RemoteError,
  TargetError,
  TaskError,
  type ErrorCode,
} from './errors/index.ts'
export { explain, type Explanation } from './executors/index.ts'
export {
  add,
  cube,
  div,
  isNative,
  kernel,
  mul,
  square,
  sub,
  type AsyncOptions,
  type Kernel,
  type KernelInfo,
  type KernelOptions,
  type Operand,
} from './kernel/index.ts'
export type { Arrays, DType, NumericArray } from './memory/index.ts'
export { cores, type Cores, type CoreStats, type Topology } from './native/index.ts'
export {
  Process,
  target,
  type ChildOptions,
  type ExitStatus,
  type ModuleTarget,
  type ProcessOptions,
  type ProcessState,
  type Target,
} from './process/index.ts'
