/**
 * Reading the arguments of a kernel call with arrays: as many operands as the kernel has parameters, then at most one options
 * object. Options are read before the arrays are looked at, because reading them may run code of the caller's that changes an
 * array.
 */
import { checkFunction, checkSignal, isPlainObject, readOwnOptions } from '../arguments/index.ts'
import { misfit, notAnArray, notAnOperand, outAndDtype, unknownOption, wrongArguments } from '../errors/index.ts'
import {
  checkFit,
  dtypeByName,
  dtypeNames,
  dtypeOf,
  viewAs,
  viewOf,
  type ArrayView,
  type DTypeInfo,
  type NumericArray,
} from '../memory/index.ts'
import type { CheckedOperand, Operation } from './operation.ts'
import { checkTransfer, checkTransferred, type Transfer } from './transfer.ts'

/** A call that was checked. */
export interface Call {
  readonly operands: readonly CheckedOperand[]
  /** Of every array, in elements. */
  readonly length: number
  /** The dtype of the result. */
  readonly dtype: DTypeInfo
  /** Where the result goes; undefined: into a new array. */
  readonly out: ArrayView | undefined
}

/** An asynchronous call that was checked. */
export interface AsyncCall extends Call {
  readonly transfer: Transfer | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((done: number, total: number) => void) | undefined
}

/** The options of a synchronous call, each read once; undefined where it has none. */
export interface SyncOptions {
  readonly out: unknown
  readonly dtype: unknown
}

const noOptions: SyncOptions = { out: undefined, dtype: undefined }

const syncOptions = ['out', 'dtype'] as const
const asyncOptions = ['out', 'dtype', 'transfer', 'signal', 'onProgress'] as const

/** Bound, not Object.hasOwn: V8 knows that the answer is yes while it goes through the keys of an object. */
const hasOwn = Function.prototype.call.bind(Object.prototype.hasOwnProperty) as (object: object, key: string) => boolean

/**
 * What a kernel takes, and how messages call the parts of its calls; made once a kernel, because making strings costs more than
 * checking arrays.
 */
export interface Signature {
  readonly arity: number
  readonly takesBigints: boolean
  readonly call: string
  readonly asyncCall: string
  readonly operands: readonly string[]
  readonly output: string
  /** Of a method that reduces what the kernel makes: how the two are written one after the other. */
  readonly inTwoSteps: string | undefined
}

/** The signature of the kernel of an operation. */
export function signatureOf({ name, arity, takesBigints }: Operation): Signature {
  const operand = (_: unknown, n: number): string =>
    arity === 1 ? `The operand of ${name}()` : `Operand ${n + 1} of ${name}()`
  return {
    arity,
    takesBigints,
    call: `${name}()`,
    asyncCall: `${name}.async()`,
    operands: Array.from({ length: arity }, operand),
    output: `The output of ${name}()`,
    inTwoSteps: undefined,
  }
}

/**
 * Reads the options of `kernel(...operands, options?)`, called with `count` arguments.
 * @param operands the first arguments, as many as the kernel has parameters
 * @param given the argument after them
 * @throws as the docstring of Kernel says
 */
export function readSyncOptions(
  signature: Signature,
  operands: readonly unknown[],
  given: unknown,
  count: number,
): SyncOptions {
  if (!hasOptions(signature, signature.call, operands, given, count)) return noOptions
  let out: unknown
  let dtype: unknown
  // As readOwnOptions does, without the object that it makes: this is the way of every call.
  for (const key in given) {
    if (!hasOwn(given, key)) continue
    if (key === 'out') out = given['out']
    else if (key === 'dtype') dtype = given['dtype']
    else throw unknownOption(signature.call, key, syncOptions)
  }
  return { out, dtype }
}

/**
 * Reads the operands of such a call, and looks at its arrays.
 * @param operands their views take their places
 * @throws as the docstring of Kernel says
 */
export function readCall(signature: Signature, operands: unknown[], { out, dtype }: SyncOptions, count: number): Call {
  return readOperands(signature, operands, count, out, dtype)
}

/**
 * Reads `kernel.async(...operands, options?)`, called with `count` arguments.
 * @throws as the docstring of Kernel says
 */
export function readAsyncCall(signature: Signature, operands: unknown[], given: unknown, count: number): AsyncCall {
  const options = hasOptions(signature, signature.asyncCall, operands, given, count)
    ? readOwnOptions(signature.asyncCall, given, asyncOptions)
    : undefined
  const signal = checkSignal('signal', options?.signal)
  const onProgress = checkFunction<(done: number, total: number) => void>('onProgress', options?.onProgress)
  const transfer = checkTransfer(signature.asyncCall, options?.transfer)
  const call = readOperands(signature, operands, count, options?.out, options?.dtype)
  if (transfer !== undefined) checkTransferred(signature.asyncCall, transfer, call)
  const { length, dtype, out } = call
  // Written out, as wherever an asynchronous call passes: V8 of Node 20 takes a microsecond or two to spread an object into a larger one.
  return { operands: call.operands, length, dtype, out, transfer, signal, onProgress }
}

/** Whether there are options after the operands. @throws ArrayError `ERR_INVALID_ARG_VALUE` for anything else there */
function hasOptions(
  { arity, operands: names }: Signature,
  call: string,
  operands: readonly unknown[],
  given: unknown,
  count: number,
): given is Record<string, unknown> {
  if (count <= arity + 1) {
    if (given === undefined) return false
    if (isPlainObject(given)) return true
  }
  // An operand that is none is the better explanation of what follows it.
  const wrong = operands.findIndex((operand) => !isOperand(operand))
  if (wrong !== -1) throw notAnOperand(names[wrong] as string, operands[wrong])
  throw wrongArguments(call, arity, count, arity, given)
}

function isOperand(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || dtypeOf(value) !== undefined
}

function readOperands(signature: Signature, operands: unknown[], count: number, out: unknown, wanted: unknown): Call {
  if (out !== undefined && wanted !== undefined) throw outAndDtype(signature.call)
  const asked = wanted === undefined ? undefined : dtypeByName(wanted)
  if (wanted !== undefined && asked === undefined) throw misfit.unknownDtype(signature.call, wanted, dtypeNames)

  let first: ArrayView | undefined
  let hasOneDtype = true
  for (let n = 0; n < operands.length; n++) {
    const operand = operands[n]
    if (typeof operand === 'number' || typeof operand === 'bigint') continue
    const dtype = dtypeOf(operand)
    if (dtype === undefined) throw noOperand(signature, operands, n, count, first !== undefined)
    const view = viewAs(dtype, signature.operands[n] as string, operand as NumericArray)
    operands[n] = view
    if (first === undefined) first = view
    else if (view.length !== first.length) throw misfit.operandLength(signature.call, n + 1, view.length, first.length)
    if (view.dtype !== first.dtype) hasOneDtype = false
  }
  if (first === undefined) throw noArray(signature, operands)
  const checked = operands as CheckedOperand[]
  checkKinds(signature, checked, first.dtype)

  if (out !== undefined) {
    const output = viewOf(signature.output, out)
    for (let n = 0; n < checked.length; n++) {
      const operand = checked[n]
      if (typeof operand === 'object') checkFit(signature.call, operand, output)
    }
    return { operands: checked, length: first.length, dtype: output.dtype, out: output }
  }
  if (asked === undefined && !hasOneDtype) throw misfit.severalDtypes(signature.call, dtypesOf(checked))
  const dtype = asked ?? first.dtype
  if (dtype.isBigint !== first.dtype.isBigint) {
    const { call, inTwoSteps } = signature
    if (inTwoSteps !== undefined) throw misfit.reducedBigints(call, first.dtype.name, inTwoSteps)
    throw misfit.bigint(call, first.dtype.name, dtype.name)
  }
  return { operands: checked, length: first.length, dtype, out: undefined }
}

/** Something that is no operand stands where operand `n` should: too few were given, or it is of the wrong type. */
function noOperand(
  { call, arity, operands: names }: Signature,
  operands: readonly unknown[],
  n: number,
  count: number,
  hadArray: boolean,
): Error {
  const operand = operands[n]
  const isMissing = operand === undefined || isPlainObject(operand)
  const hasArray = hadArray || operands.some((other) => dtypeOf(other) !== undefined)
  return isMissing && hasArray
    ? wrongArguments(call, arity, count, n, operand)
    : notAnOperand(names[n] as string, operand)
}

/** Numbers alone are no asynchronous call, and bigints alone are none at all. */
function noArray({ operands: names }: Signature, given: readonly unknown[]): Error {
  const wrong = given.findIndex((operand) => typeof operand !== 'number')
  return wrong === -1 ? notAnArray(names[0] as string, given[0]) : notAnOperand(names[wrong] as string, given[wrong])
}

/** Bigints and numbers do not mix, and some kernels take no bigints. */
function checkKinds(
  { call, takesBigints }: Signature,
  operands: readonly CheckedOperand[],
  { isBigint, name }: DTypeInfo,
): void {
  if (isBigint && !takesBigints) throw misfit.numbersOnly(call, name)
  if (operands.length === 1) return
  for (let n = 0; n < operands.length; n++) {
    const operand = operands[n]
    const isOther =
      typeof operand === 'object' ? operand.dtype.isBigint !== isBigint : (typeof operand === 'bigint') !== isBigint
    if (isOther)
      throw misfit.mixed(
        call,
        operands.map((one) => (typeof one === 'object' ? one.dtype.name : `a ${typeof one}`)),
      )
  }
}

function dtypesOf(operands: readonly CheckedOperand[]): string[] {
  return operands.flatMap((operand) => (typeof operand === 'object' ? [operand.dtype.name] : []))
}
