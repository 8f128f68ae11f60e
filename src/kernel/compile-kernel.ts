/** Makes a kernel of a function, or of the text of one. */
import { checkString, isPlainObject, readOptions } from '../arguments/index.ts'
import {
  invalidType,
  invalidValue,
  isArray,
  isIdentifier,
  kernelWithoutText,
  misfit,
  reasons,
} from '../errors/index.ts'
import { dtypeOf, viewOf } from '../memory/index.ts'
import { shapesOf } from './binding-shapes.ts'
import { CompiledFunction } from './compiled-function.ts'
import { builtinSource, compiledSource, type CompiledSource } from './compiled-source.ts'
import { builtinName, textOfFunction, textOfString } from './compiler/index.ts'
import { elementWise, isKernel } from './element-wise.ts'
import type { BoundValue } from './operation.ts'
import { functionOfText, type PlainFunction } from './plain-function.ts'
import type { Kernel, KernelOptions } from './types.ts'

const optionNames = ['name', 'bindings', 'index', 'math'] as const

/** What a kernel is made of, once its arguments were read. */
interface Read {
  readonly name: string
  readonly bindings: ReadonlyMap<string, BoundValue>
  readonly index: boolean
  readonly math: 'exact' | 'ulp1' | undefined
}

/**
 * Compiles a plain function, or the text of one; a bare expression has one free name: kernel('3*x*x + 1').
 *
 * @example kernel((x, y) => 3 * x * x + Math.sin(y))(xs, ys)
 * @example kernel((x) => lut[x] * gain, { bindings: { lut, gain: 0.5 } })
 * @throws KernelError `ERR_KERNEL_SYNTAX`, `ERR_KERNEL_UNSUPPORTED` with line, column, caret and reason;
 *   `ERR_TARGET_CAPTURES` for names that neither the text nor `bindings` declares; CorepoolError `ERR_INVALID_ARG_TYPE`,
 *   `ERR_INVALID_ARG_VALUE`; ArrayError `ERR_DTYPE`, `ERR_DETACHED`, `ERR_RESIZABLE` for a bound array
 */
export function kernel<P extends unknown[], R extends number | boolean | bigint = number>(
  fn: (...numbers: [...operands: P, index: number]) => R,
  options: KernelOptions & { index: true },
): Kernel<P, R>
export function kernel<P extends unknown[] = number[], R extends number | boolean | bigint = number>(
  fn: (...numbers: P) => R,
  options?: KernelOptions,
): Kernel<P, R>
export function kernel(source: string, options?: KernelOptions): Kernel
export function kernel(source: unknown, options?: unknown): Kernel {
  if (typeof source !== 'function' && typeof source !== 'string') {
    throw invalidType('The source of a kernel', 'a function, or the text of one', source)
  }
  if (isKernel(source)) throw invalidValue('The source of a kernel', 'a plain function', source)
  return elementWise(compiledFunction(source, readKernelOptions(options)))
}

/** The kernel of a plain function with all defaults, as the verbs of a pool compile it. @throws as kernel() does */
export function kernelOfFunction(fn: Function): Kernel {
  return elementWise(compiledFunction(fn, readKernelOptions(undefined)))
}

function compiledFunction(source: Function | string, { name: given, bindings, index, math }: Read): CompiledFunction {
  const builtin = typeof source === 'function' ? builtinName(source) : undefined
  if (builtin !== undefined && typeof source === 'function') {
    const name = given === '' ? builtin : given
    if (index && source.length < 2) throw kernelWithoutText(name, reasons.noIndex)
    return new CompiledFunction({
      name,
      source: builtinSource(builtin, index ? source.length - 1 : Math.max(1, source.length), index),
      bindings,
      hasIndex: index,
      math,
      text: builtin,
      functionText: builtin,
      isBuiltin: true,
      makeFunction: () => source as PlainFunction,
    })
  }
  const isBound = (name: string): boolean => bindings.has(name)
  const own = typeof source === 'string' ? { name: '', text: textOfString(source, isBound) } : textOfFunction(source)
  const name = given === '' ? own.name : given
  const compiled = compiledSource(name, own.text, shapesOf(bindings), index)
  return new CompiledFunction({
    name: name === '' ? 'kernel' : name,
    source: compiled,
    bindings,
    hasIndex: index,
    math,
    text: typeof source === 'string' ? source : own.text,
    functionText: own.text,
    isBuiltin: false,
    makeFunction: (values) => makeFunction(source, compiled, values),
  })
}

/** The function itself; of a text, or where names are bound that its own surroundings may not have, made of the text. */
function makeFunction(
  source: Function | string,
  { expression, helpers }: CompiledSource,
  bindings: ReadonlyMap<string, BoundValue>,
): PlainFunction {
  if (typeof source === 'function' && bindings.size === 0) return source as PlainFunction
  const values = new Map<string, unknown>([...helpers, ...bindings])
  return functionOfText(expression, [...values.keys()], [...values.values()])
}

function readKernelOptions(given: unknown): Read {
  const options = readOptions('kernel()', given, optionNames)
  const { index, math } = options
  if (index !== undefined && typeof index !== 'boolean') throw invalidType('index', 'a boolean', index)
  if (math !== undefined && math !== 'exact' && math !== 'ulp1') throw invalidValue('math', "'exact' or 'ulp1'", math)
  return {
    name: checkString('name', options.name) ?? '',
    bindings: readBindings(options.bindings),
    index: index ?? false,
    math,
  }
}

function readBindings(given: unknown): ReadonlyMap<string, BoundValue> {
  const bindings = new Map<string, BoundValue>()
  if (given === undefined) return bindings
  if (!isPlainObject(given)) throw invalidType('bindings', 'a plain object', given)
  for (const name of Object.keys(given)) {
    const value = given[name]
    const where = `bindings.${name}`
    if (!isName(name)) throw invalidValue(`A name in bindings`, 'an identifier', name)
    switch (typeof value) {
      case 'number':
      case 'boolean':
      case 'function':
        bindings.set(name, value as BoundValue)
        break
      default: {
        if (dtypeOf(value) === undefined) {
          throw invalidType(where, 'a number, a boolean, a typed array or a function', value, nextStep(value))
        }
        const { array, dtype } = viewOf(where, value)
        if (dtype.isBigint) throw misfit.numbersOnly(where, dtype.name)
        bindings.set(name, array)
      }
    }
  }
  return bindings
}

function nextStep(value: unknown): string {
  return isArray(value) ? 'Make it a typed array first: Float64Array.from(values).' : ''
}

/** A name that a text can use: `vm` declares it as a parameter. */
function isName(name: string): boolean {
  return isIdentifier(name) && !reserved.has(name)
}

const reserved = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally
  for function if implements import in instanceof interface let new null package private protected public return static super
  switch this throw true try typeof var void while with yield`.split(/\s+/),
)
