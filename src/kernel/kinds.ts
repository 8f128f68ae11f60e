/** What a kernel would make of arrays that a caller has, without calling it. */
import { misfit } from '../errors/index.ts'
import { dtypeOf } from '../memory/index.ts'
import { operationOf } from './element-wise.ts'
import { isCompiled } from './operation.ts'
import type { Kernel } from './types.ts'

/**
 * Checks that the kernel computes with the kind of elements, numbers or bigints, that the first array among the operands has.
 * @throws what a call of the kernel does: ArrayError `ERR_DTYPE`, KernelError `ERR_KERNEL_UNSUPPORTED`
 */
export function checkKind(kernel: Kernel, operands: readonly unknown[]): void {
  const operation = operationOf(kernel)
  const dtype = operands.map((operand) => dtypeOf(operand)).find((found) => found !== undefined)
  if (operation === undefined || dtype === undefined) return
  if (dtype.isBigint && !operation.takesBigints) throw misfit.numbersOnly(`${operation.name}()`, dtype.name)
  if (isCompiled(operation)) operation.programOf(dtype.isBigint)
}
