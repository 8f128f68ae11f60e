/**
 * Reading the arguments of a kernel call with arrays: as many operands as the kernel has parameters, then at most one options
 * object. Options are read before the arrays are looked at, because reading them may run code of the caller's that changes an
 * array.
 */
import { checkFunction, checkSignal, isPlainObject, readOwnOptions } from '../arguments/index.ts'
import { misfit, notAnArray, notAnOperand, outAndDtype, wrongArguments } from '../errors/index.ts'
import { checkFit, dtypeByName, dtypeNames, dtypeOf, viewOf, type ArrayView, type DTypeInfo } from '../memory/index.ts'
import type { CheckedOperand, Operation } from './operation.ts'

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
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((done: number, total: number) => void) | undefined
}

const syncOptions = ['out', 'dtype'] as const
const asyncOptions = ['out', 'dtype', 'signal', 'onProgress'] as const

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
  }
}

/**
 * Reads `kernel(...operands, options?)`, called with `count` arguments.
 * @param operands the first arguments, as many as the kernel has parameters
 * @param given the argument after them
 * @throws as the docstring of Kernel says
 */
export function readCall(signature: Signature, operands: readonly unknown[], given: unknown, count: number): Call {
  const options = optionsOf(signature, signature.call, operands, given, count, syncOptions)
  return readOperands(signature, operands, count, options?.out, options?.dtype)
}

/**
 * Reads `kernel.async(...operands, options?)`, called with `count` arguments.
 * @throws as the docstring of Kernel says
 */
export function readAsyncCall(
  signature: Signature,
  operands: readonly unknown[],
  given: unknown,
  count: number,
): AsyncCall {
  const options = optionsOf(signature, signature.asyncCall, operands, given, count, asyncOptions)
  const signal = checkSignal('signal', options?.signal)
  const onProgress = checkFunction<(done: number, total: number) => void>('onProgress', options?.onProgress)
  return { ...readOperands(signature, operands, count, options?.out, options?.dtype), signal, onProgress }
}

/** The options; undefined when none are given. */
function optionsOf<K extends string>(
  { arity, operands: names }: Signature,
  call: string,
  operands: readonly unknown[],
  given: unknown,
  count: number,
  known: readonly K[],
): { readonly [key in K]?: unknown } | undefined {
  if (count <= arity + 1) {
    if (given === undefined) return undefined
    if (isPlainObject(given)) return readOwnOptions(call, given, known)
  }
  // An operand that is none is the better explanation of what follows it.
  const wrong = operands.findIndex((operand) => !isOperand(operand))
  if (wrong !== -1) throw notAnOperand(names[wrong] as string, operands[wrong])
  throw wrongArguments(call, arity, count, arity, given)
}

function isOperand(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || dtypeOf(value) !== undefined
}

function readOperands(
  signature: Signature,
  given: readonly unknown[],
  count: number,
  out: unknown,
  wanted: unknown,
): Call {
  if (out !== undefined && wanted !== undefined) throw outAndDtype(signature.call)
  const asked = wanted === undefined ? undefined : dtypeByName(wanted)
  if (wanted !== undefined && asked === undefined) throw misfit.unknownDtype(signature.call, wanted, dtypeNames)

  const operands: CheckedOperand[] = []
  let first: ArrayView | undefined
  let hasOneDtype = true
  for (let n = 0; n < given.length; n++) {
    const operand = given[n]
    if (typeof operand === 'number' || typeof operand === 'bigint') {
      operands.push(operand)
      continue
    }
    const isMissing = operand === undefined || isPlainObject(operand)
    if (isMissing && given.some((other) => dtypeOf(other) !== undefined)) {
      throw wrongArguments(signature.call, signature.arity, count, n, operand)
    }
    const view = viewOf(signature.operands[n] as string, operand, notAnOperand)
    operands.push(view)
    if (first === undefined) first = view
    else if (view.length !== first.length) throw misfit.operandLength(signature.call, n + 1, view.length, first.length)
    if (view.dtype !== first.dtype) hasOneDtype = false
  }
  if (first === undefined) throw noArray(signature, given)
  checkKinds(signature, operands, first.dtype)

  if (out !== undefined) {
    const output = viewOf(signature.output, out)
    for (const operand of operands) if (typeof operand === 'object') checkFit(signature.call, operand, output)
    return { operands, length: first.length, dtype: output.dtype, out: output }
  }
  if (asked === undefined && !hasOneDtype) throw misfit.severalDtypes(signature.call, dtypesOf(operands))
  const dtype = asked ?? first.dtype
  if (dtype.isBigint !== first.dtype.isBigint) throw misfit.bigint(signature.call, first.dtype.name, dtype.name)
  return { operands, length: first.length, dtype, out: undefined }
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
  for (const operand of operands) {
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
