/**
 * Reading the arguments of a kernel call: one operand, then at most one options object. Options are read before the arrays
 * are looked at, because reading them may run code of the caller's that changes an array.
 */
import { checkFunction, checkSignal, isPlainObject, readOptions } from '../arguments/index.ts'
import { invalidType, misfit, notAnArray, tooManyArguments, outAndDtype } from '../errors/index.ts'
import { checkFit, dtypeByName, dtypeNames, dtypeOf, viewOf, type ArrayView, type DTypeInfo } from '../memory/index.ts'

/** A call that was checked. */
export interface Call {
  readonly input: ArrayView
  /** The dtype of the result. */
  readonly dtype: DTypeInfo
  /** Where the result goes; undefined: into a new array. */
  readonly out: ArrayView | undefined
}

/** An asynchronous call that was checked. */
export interface AsyncCall extends Call {
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((done: number, total: number) => void) | undefined
}

const syncOptions = ['out', 'dtype'] as const
const asyncOptions = ['out', 'dtype', 'signal', 'onProgress'] as const

/** How messages call the parts of a kernel's calls; made once a kernel, because making strings costs more than checking arrays. */
export interface CallNames {
  readonly call: string
  readonly asyncCall: string
  readonly operand: string
  readonly output: string
}

/** The names for the kernel of that name. */
export function callNames(kernel: string): CallNames {
  return {
    call: `${kernel}()`,
    asyncCall: `${kernel}.async()`,
    operand: `The operand of ${kernel}()`,
    output: `The output of ${kernel}()`,
  }
}

/**
 * Reads `kernel(operand, options?)`, called with `count` arguments.
 * @throws as the docstring of Kernel says
 */
export function readCall(names: CallNames, operand: unknown, given: unknown, count: number): Call {
  checkShape(names, names.call, operand, given, count)
  if (given === undefined) return readArrays(names, operand, undefined, undefined)
  const options = readOptions(names.call, given, syncOptions)
  return readArrays(names, operand, options.out, options.dtype)
}

/**
 * Reads `kernel.async(operand, options?)`, called with `count` arguments.
 * @throws as the docstring of Kernel says
 */
export function readAsyncCall(names: CallNames, operand: unknown, given: unknown, count: number): AsyncCall {
  checkShape(names, names.asyncCall, operand, given, count)
  const options = readOptions(names.asyncCall, given, asyncOptions)
  const signal = checkSignal('signal', options.signal)
  const onProgress = checkFunction<(done: number, total: number) => void>('onProgress', options.onProgress)
  return { ...readArrays(names, operand, options.out, options.dtype), signal, onProgress }
}

function checkShape(names: CallNames, call: string, operand: unknown, given: unknown, count: number): void {
  if (dtypeOf(operand) === undefined) {
    if (typeof operand === 'bigint') throw invalidType(names.operand, 'a number or a typed array', operand)
    throw notAnArray(names.operand, operand)
  }
  if (count > 2 || (given !== undefined && !isPlainObject(given))) throw tooManyArguments(call, count, given)
}

function readArrays(names: CallNames, operand: unknown, out: unknown, wanted: unknown): Call {
  if (out !== undefined && wanted !== undefined) throw outAndDtype(names.call)
  const asked = wanted === undefined ? undefined : dtypeByName(wanted)
  if (wanted !== undefined && asked === undefined) throw misfit.unknownDtype(names.call, wanted, dtypeNames)
  const input = viewOf(names.operand, operand)
  if (out !== undefined) {
    const output = viewOf(names.output, out)
    checkFit(names.call, input, output)
    return { input, dtype: output.dtype, out: output }
  }
  const dtype = asked ?? input.dtype
  if (dtype.isBigint !== input.dtype.isBigint) throw misfit.bigint(names.call, input.dtype.name, dtype.name)
  return { input, dtype, out: undefined }
}
