/**
 * Texts that were compiled, kept by text and by what is bound to their names, so that a function that is made again and again
 * is compiled once. Nothing here refers to a caller's function or array.
 */
import { types } from 'node:util'
import { KernelError } from '../errors/index.ts'
import {
  compile,
  compileBuiltin,
  helpersOf,
  parseSource,
  type Binding,
  type KernelBinding,
  type Compilation,
  type OtherWay,
  type SourceText,
} from './compiler/index.ts'
import { encodeProgram, ReferenceProgram } from './program/index.ts'

/** What is bound to a name, as far as it matters for compiling. */
export type BindingShape =
  | { readonly is: 'number' | 'boolean'; readonly value: number | boolean }
  | { readonly is: 'table' }
  | { readonly is: 'builtin'; readonly name: string }
  /** `name` is the function's own, for messages. */
  | { readonly is: 'function'; readonly text: string; readonly name: string }
  /** `bindings`: those that its text was compiled with; null where it computes a function that is built into JavaScript. */
  | {
      readonly is: 'kernel'
      readonly name: string
      readonly arity: number
      readonly hasIndex: boolean
      /** The text of its function, or the name of the built-in one. */
      readonly text: string
      readonly bindings: BindingShapes | null
    }

export type BindingShapes = ReadonlyMap<string, BindingShape>

/** A program, ready to run. */
export interface CompiledProgram extends Compilation {
  readonly bytes: Uint8Array
  /** The program in JavaScript, made at first use. */
  readonly reference: ReferenceProgram
}

/** A text with its programs. */
export interface CompiledSource {
  readonly arity: number
  /** One expression whose value is the function. */
  readonly expression: string
  /** The helpers of compilers that it may name, where nothing is bound to their names. */
  readonly helpers: ReadonlyMap<string, unknown>
  /** The program over numbers, or over bigints. @throws KernelError where the text does not compute with them */
  program(isBigint: boolean): CompiledProgram
}

/** Texts that are kept; the one that was used longest ago goes first. */
const KEPT = 256

const kept = new Map<string, CompiledSource>()

function keep(key: string, source: CompiledSource): CompiledSource {
  kept.delete(key)
  kept.set(key, source)
  const [oldest] = kept.keys()
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
  return source
}

/** @throws KernelError `ERR_KERNEL_SYNTAX`, `ERR_KERNEL_UNSUPPORTED`, `ERR_TARGET_CAPTURES` */
export function compiledSource(name: string, text: string, bindings: BindingShapes, index: boolean): CompiledSource {
  const key = keyOf(text, bindings, index, false)
  const known = kept.get(key) ?? kept.get(keyOf(text, bindings, index, true))
  if (known !== undefined) return underOwnNames(known, () => compileSource(name, text, bindings, index).source)
  const made = compileSource(name, text, bindings, index)
  return keep(made.isOfConstants ? keyOf(text, bindings, index, true) : key, made.source)
}

/** What is kept, for another kernel: what it refuses is said of that one's name, and of those of the functions bound to it. */
function underOwnNames(known: CompiledSource, compileAgain: () => CompiledSource): CompiledSource {
  let own: CompiledSource | undefined
  return {
    ...known,
    program(isBigint) {
      try {
        return known.program(isBigint)
      } catch {
        own ??= compileAgain()
        return own.program(isBigint)
      }
    },
  }
}

/**
 * The source of a function that is built into JavaScript, of so many operands and, after them, the index.
 * @throws KernelError `ERR_KERNEL_UNSUPPORTED` where it cannot be compiled
 */
export function builtinSource(name: string, arity: number, index: boolean): CompiledSource {
  const key = `builtin ${name} ${index ? 'of an index' : ''}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const program = ready(compileBuiltin(name, arity, index))
  return keep(key, { arity, expression: name, helpers: new Map(), program: () => program })
}

/** Equal for two texts exactly if one program serves both; of numbers their values, where a program is compiled for them. */
function keyOf(text: string, bindings: BindingShapes, index: boolean, withValues: boolean): string {
  return JSON.stringify([index, text, withValues, keysOf(bindings, withValues)])
}

function keysOf(bindings: BindingShapes, withValues: boolean): unknown[] {
  return [...bindings].map(([name, shape]) => {
    switch (shape.is) {
      case 'number':
      case 'boolean':
        // Object.is: -0 and 0 make different programs.
        return [name, shape.is, withValues ? (Object.is(shape.value, -0) ? '-0' : String(shape.value)) : '']
      case 'table':
        return [name, shape.is, '']
      case 'builtin':
        return [name, shape.is, shape.name]
      case 'function':
        return [name, shape.is, shape.text]
      case 'kernel': {
        const inner = shape.bindings && keysOf(shape.bindings, withValues)
        return [name, shape.is, shape.text, shape.arity, shape.hasIndex, inner]
      }
    }
  })
}

function ready(compilation: Compilation): CompiledProgram {
  let reference: ReferenceProgram | undefined
  return {
    ...compilation,
    bytes: encodeProgram(compilation.program),
    get reference() {
      reference ??= new ReferenceProgram(compilation.program)
      return reference
    },
  }
}

function readyOrError(made: Compilation | OtherWay): CompiledProgram | KernelError {
  return made.other === null ? ready(made) : made.error
}

/** @throws KernelError what stands against bigints, or, where the text has none of them, what stood against numbers */
function attemptBigints(attempt: () => Compilation | OtherWay, ofNumbers: OtherWay): Compilation {
  try {
    const made = attempt()
    if (made.other === null) return made
    throw made.error
  } catch (error) {
    throw ofNumbers.other === 'bigint' || !(error instanceof KernelError) ? error : ofNumbers.error
  }
}

function compileSource(
  name: string,
  text: string,
  shapes: BindingShapes,
  index: boolean,
): { source: CompiledSource; isOfConstants: boolean } {
  const isBound = (used: string): boolean => shapes.has(used)
  const source = parseSource(name, text, isBound)
  const functions = functionsOf(shapes)
  let isOfConstants = false
  // Once the text is kept, kernels of other values have it: their values cannot become constants any more.
  let isKept = false
  const attempt = (domain: 'number' | 'bigint', parsed: SourceText): Compilation | OtherWay => {
    const made = compile(parsed, { domain, index, bindings: bindingsOf(shapes, functions, isOfConstants) })
    if (made.other === null || made.other === 'bigint' || isOfConstants || isKept) return made
    isOfConstants = true
    return attempt(domain, parsed)
  }

  const ofNumbers = attempt('number', source)
  const programs: { number?: CompiledProgram | KernelError; bigint?: CompiledProgram | KernelError } = {}
  programs.number = readyOrError(ofNumbers)
  let arity: number
  if (ofNumbers.other !== null) {
    // Bigints in the text, or a loop that only numbers come to: it is a kernel of bigints, or of nothing.
    const ofBigints = attemptBigints(() => attempt('bigint', source), ofNumbers)
    programs.bigint = ready(ofBigints)
    arity = ofBigints.parameters
  } else arity = ofNumbers.parameters
  const { expression } = source
  const helpers = helpersOf(source)
  isKept = true

  return {
    isOfConstants,
    source: {
      arity,
      expression,
      helpers,
      program(isBigint) {
        const domain = isBigint ? 'bigint' : 'number'
        let made = programs[domain]
        if (made === undefined) {
          // The tree was not kept: few kernels ever see both kinds of arrays.
          made = readyOrError(attempt(domain, parseSource(name, text, isBound)))
          programs[domain] = made
        }
        if (types.isNativeError(made)) throw made
        return made
      },
    },
  }
}

/** The trees of the bound functions and kernels, by their shapes. */
function functionsOf(shapes: BindingShapes, functions = new Map<BindingShape, SourceText>()): typeof functions {
  for (const [bound, shape] of shapes) {
    if (shape.is !== 'function' && shape.is !== 'kernel') continue
    const around = shape.is === 'function' ? shapes : shape.bindings
    if (around === null) continue
    const { name, text } = shape
    functions.set(
      shape,
      parseSource(name === '' ? bound : name, text, (used) => around.has(used)),
    )
    if (shape.is === 'kernel') functionsOf(around, functions)
  }
  return functions
}

function bindingsOf(
  shapes: BindingShapes,
  functions: ReadonlyMap<BindingShape, SourceText>,
  asConstants: boolean,
): ReadonlyMap<string, Binding> {
  const bindings = new Map<string, Binding>()
  for (const [name, shape] of shapes) bindings.set(name, bindingOf(shape, functions, asConstants))
  return bindings
}

function bindingOf(
  shape: BindingShape,
  functions: ReadonlyMap<BindingShape, SourceText>,
  asConstants: boolean,
): Binding {
  switch (shape.is) {
    case 'number':
    case 'boolean':
      return asConstants ? { is: 'constant', value: shape.value } : { is: shape.is }
    case 'function':
      return { is: 'function', source: functions.get(shape) as SourceText }
    case 'kernel': {
      const { arity, hasIndex, text, bindings } = shape
      const computes: KernelBinding['computes'] =
        bindings === null
          ? { is: 'builtin', name: text }
          : {
              is: 'function',
              source: functions.get(shape) as SourceText,
              bindings: bindingsOf(bindings, functions, asConstants),
            }
      return { is: 'kernel', arity, hasIndex, computes }
    }
    default:
      return shape
  }
}
