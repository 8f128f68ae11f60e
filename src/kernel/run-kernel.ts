/** A kernel as the target of a Process or a task: its operands in a list, its end by a signal. */
import { isPlainObject } from '../arguments/index.ts'
import { beginCall, type RunningCall } from './element-wise.ts'
import type { Kernel } from './types.ts'

/** A kernel that runs; see RunningCall. */
export interface RunningKernel extends Omit<RunningCall, 'result'> {
  /** The result array, or the number when all that the kernel looks at are numbers. */
  readonly result: Promise<unknown>
}

/**
 * Starts `kernel` on `operands`, which may end with an options object; rejects with AbortError when `signal` aborts.
 * @throws as a call of the kernel does, before anything runs
 */
export function runKernel(kernel: Kernel, operands: readonly unknown[], signal: AbortSignal): RunningKernel {
  const first = operands.slice(0, kernel.length)
  if (first.length === kernel.length && first.every((operand) => typeof operand === 'number'))
    return { result: Promise.resolve(Reflect.apply(kernel, undefined, operands)), ref() {}, unref() {} }
  const last = operands.at(-1)
  if (!isPlainObject(last)) return beginCall(kernel, [...operands, { signal }])
  const own = last['signal']
  const both = own instanceof AbortSignal ? AbortSignal.any([own, signal]) : (own ?? signal)
  return beginCall(kernel, [...operands.slice(0, -1), { ...last, signal: both }])
}
