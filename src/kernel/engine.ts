/**
 * What computes: the native pool, or plain JavaScript where there is no addon. Both give the same values for the same call,
 * and get only operands that were checked.
 */
import type { ArrayView, DTypeInfo, Moves, NumericArray } from '../memory/index.ts'
import type { HandedProgram, RunningJob } from '../native/index.ts'
import type { CheckedOperand, CompiledOperation, Operation } from './operation.ts'
import type { KernelInfo } from './types.ts'

/** An asynchronous call, checked. */
export interface AsyncRequest {
  readonly operation: Operation
  readonly operands: readonly CheckedOperand[]
  /** Of every array, in elements. */
  readonly length: number
  /** The dtype of the result. */
  readonly dtype: DTypeInfo
  /** Where the result goes; absent: into a new array. */
  readonly out: ArrayView | undefined
  /** What was moved for it. */
  readonly moves: Moves | undefined
  /** Elements done, of the total; may be called with the same count twice. */
  readonly onProgress: ((done: number, total: number) => void) | undefined
}

/** Who hears how an asynchronous call ends: exactly one of these, once, on a later turn of the event loop. */
export interface AsyncObserver {
  completed(result: NumericArray): void
  cancelled(): void
  failed(error: unknown): void
}

/** One way to compute. */
export interface Engine {
  readonly name: 'native' | 'js'
  /** How calls of the operation run here. */
  info(operation: Operation): KernelInfo
  /** A new array for a result; every element must be written. @throws ArrayError `ERR_OUT_OF_MEMORY` */
  allocate(dtype: DTypeInfo, length: number): ArrayView
  /** Runs to the end. Each array among the operands is the output itself, or shares no memory with it. */
  run(operation: Operation, operands: readonly CheckedOperand[], output: ArrayView): void
  /** A call of a compiled operation as reductions of the addon take it; undefined where its results are to be made first. */
  fused(operation: CompiledOperation, operands: readonly CheckedOperand[]): HandedProgram | undefined
  start(request: AsyncRequest, observer: AsyncObserver): RunningJob
}
