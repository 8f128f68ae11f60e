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

/** Reads `kernel(operand, options?)`. @throws as the docstring of Kernel says */
export function readCall(kernel: string, args: readonly unknown[]): Call {
  checkShape(kernel, args)
  const options = readOptions(`${kernel}()`, args[1], syncOptions)
  return readArrays(kernel, args[0], options.out, options.dtype)
}

/** Reads `kernel.async(operand, options?)`. @throws as the docstring of Kernel says */
export function readAsyncCall(kernel: string, args: readonly unknown[]): AsyncCall {
  checkShape(`${kernel}.async`, args)
  const options = readOptions(`${kernel}.async()`, args[1], asyncOptions)
  const signal = checkSignal('signal', options.signal)
  const onProgress = checkFunction<(done: number, total: number) => void>('onProgress', options.onProgress)
  return { ...readArrays(kernel, args[0], options.out, options.dtype), signal, onProgress }
}

function checkShape(kernel: string, args: readonly unknown[]): void {
  const operand = args[0]
  if (dtypeOf(operand) === undefined) {
    if (typeof operand === 'bigint')
      throw invalidType(`The operand of ${kernel}()`, 'a number or a typed array', operand)
    throw notAnArray(`The operand of ${kernel}()`, operand)
  }
  const isOptions = args[1] === undefined || isPlainObject(args[1])
  if (args.length > 2 || !isOptions) throw tooManyArguments(kernel, args.length, isOptions ? args[2] : args[1])
}

function readArrays(kernel: string, operand: unknown, out: unknown, wanted: unknown): Call {
  if (out !== undefined && wanted !== undefined) throw outAndDtype(kernel)
  const asked = wanted === undefined ? undefined : dtypeByName(wanted)
  if (wanted !== undefined && asked === undefined) throw misfit.unknownDtype(kernel, wanted, dtypeNames)
  const input = viewOf(`The operand of ${kernel}()`, operand)
  if (out !== undefined) {
    const output = viewOf(`The output of ${kernel}()`, out)
    checkFit(`${kernel}()`, input, output)
    return { input, dtype: output.dtype, out: output }
  }
  const dtype = asked ?? input.dtype
  if (dtype.isBigint !== input.dtype.isBigint) throw misfit.bigint(`${kernel}()`, input.dtype.name, dtype.name)
  return { input, dtype, out: undefined }
}
