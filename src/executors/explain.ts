/** Where a target would run, and why. */
import { isModuleTarget } from '../child/index.ts'
import { CorepoolError, KernelError, targetReasons } from '../errors/index.ts'
import { checkKind, isKernel, isNumericArray, kernelOfFunction, type Kernel } from '../kernel/index.ts'
import { prepareTarget, type Target } from './prepared-target.ts'

/** The answer of explain(). */
export interface Explanation {
  /** `native`: on the pool of threads; `process`: in a child process; `js`: in this thread. */
  readonly engine: 'native' | 'process' | 'js'
  /** Of a function that is not compiled: the place, with a caret under it. */
  readonly reason: string
  /** Both, as text. */
  toString(): string
}

/**
 * Where a target would run, and why; `String(explain(fn))` shows a caret under what could not be compiled.
 *
 * A plain function is compiled by the verbs that work element by element over typed arrays (map, imap, imapUnordered), and only
 * there: of a sample that is no typed array the answer is a child process.
 * @param sample what a verb would be given: the items of map(), or the arguments of apply()
 * @throws CorepoolError `ERR_INVALID_ARG_TYPE` for what is no target; of a kernel, or a function of Math, what a call of it with the sample
 *   throws because of bigints: ArrayError `ERR_DTYPE`, KernelError `ERR_KERNEL_UNSUPPORTED`
 */
export function explain(target: Target, ...sample: unknown[]): Explanation {
  if (isKernel(target)) return ofKernel(target, sample.slice(0, target.length), targetReasons.kernel)
  if (isModuleTarget(target)) {
    prepareTarget(target, [], explain)
    return explanation('process', targetReasons.module)
  }
  if (typeof target !== 'function') {
    prepareTarget(target, [], explain)
    return explanation('process', targetReasons.function)
  }
  if (sample.length > 0 && !isNumericArray(sample[0])) return inChild(target, targetReasons.noArray)
  try {
    return ofKernel(kernelOfFunction(target), sample.slice(0, 1), targetReasons.compiles)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return inChild(target, error.message)
  }
}

/** @throws what a call of the kernel with such arrays throws for the kind of their elements */
function ofKernel(kernel: Kernel, sample: readonly unknown[], what: string): Explanation {
  checkKind(kernel, sample)
  const { info } = kernel
  return info.engine === 'native'
    ? explanation('native', `${what} ${targetReasons.native(info.operations, info.simd)}`)
    : explanation('js', `${what} ${info.reason ?? ''}`)
}

/** A child runs it, unless its text cannot be sent there either. */
function inChild(target: Target, why: string): Explanation {
  try {
    prepareTarget(target, [], explain)
    return explanation('process', why)
  } catch (error) {
    if (!(error instanceof CorepoolError)) throw error
    return explanation('process', `${why}\n${targetReasons.unsendable(error.message)}`)
  }
}

function explanation(engine: Explanation['engine'], reason: string): Explanation {
  const made = { engine, reason }
  // No prototype: what was put on Object.prototype must not become part of it.
  const descriptor = { __proto__: null, value: () => `${engine}: ${reason}` }
  Object.defineProperty(made, 'toString', descriptor as PropertyDescriptor)
  return Object.freeze(made)
}
