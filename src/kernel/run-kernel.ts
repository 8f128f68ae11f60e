/** A kernel as the target of a Process or a task: its operands in a list. */
import { beginCall, type RunningCall } from './element-wise.ts'
import type { Kernel } from './types.ts'

/** A kernel that runs; see RunningCall. */
export interface RunningKernel extends Omit<RunningCall, 'result'> {
  /** The result array, or the number when all that the kernel looks at are numbers. */
  readonly result: Promise<unknown>
}

/**
 * Starts `kernel` on `args`, as `kernel.async(...args)` does.
 * @throws as that does, before anything runs
 */
export function runKernel(kernel: Kernel, args: readonly unknown[]): RunningKernel {
  const first = args.slice(0, kernel.length)
  if (first.length < kernel.length || !first.every((operand) => typeof operand === 'number'))
    return beginCall(kernel, args)
  const result = Promise.resolve(Reflect.apply(kernel, undefined, args))
  return { result, cancel() {}, ref() {}, unref() {} }
}
