/** A kernel as the target of a Process or a task: its operands in a list, its end by a signal. */
import { isPlainObject } from '../arguments/index.ts'
import type { Kernel } from './types.ts'

/**
 * Starts `kernel` on `operands`, which may end with an options object.
 * @returns the result array, or the number when all it looks at are numbers; rejects with AbortError when `signal` aborts
 * @throws as a call of the kernel does, before anything runs
 */
export function runKernel(kernel: Kernel, operands: readonly unknown[], signal: AbortSignal): Promise<unknown> {
  const call = kernel as unknown as { (...args: unknown[]): unknown; async(...args: unknown[]): Promise<unknown> }
  const first = operands.slice(0, kernel.length)
  if (first.length === kernel.length && first.every((operand) => typeof operand === 'number'))
    return Promise.resolve(call(...operands))
  const last = operands.at(-1)
  if (!isPlainObject(last)) return call.async(...operands, { signal })
  const own = last['signal']
  const both = own instanceof AbortSignal ? AbortSignal.any([own, signal]) : (own ?? signal)
  return call.async(...operands.slice(0, -1), { ...last, signal: both })
}
