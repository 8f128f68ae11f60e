/**
 * From the text of a function to a program. The tree is executed once, on values that stand for all lanes (unit.ts, lanes.ts);
 * what is left is a graph of pure operations (graph.ts), which emit.ts writes down.
 */
import type { AnyNode, Expression, Statement } from 'acorn'
import { kernelUnsupportedWhole, kernelWithoutText, reasons, type KernelError } from '../../errors/index.ts'
import { callBuiltin } from './builtins.ts'
import { callValue, inline } from './calls.ts'
import { emit, type Emitted } from './emit.ts'
import { evaluateExpression } from './expressions.ts'
import { Graph } from './graph.ts'
import type { Node } from './node.ts'
import { Lanes } from './lanes.ts'
import { nodesOf } from './order.ts'
import { BigintRefusal, Refusal, ScalarLoopRefusal } from './refusal.ts'
import { Scope } from './scopes.ts'
import { refusalError, withinStack, type SourceText } from './source-text.ts'
import { executeAll, executeStatement } from './statements.ts'
import { Unit } from './unit.ts'
import { bigintValue, booleanValue, numberValue, Type, type Scalar, type Value } from './values.ts'

/** What a bound name is, without its value. */
export type Binding =
  | { readonly is: 'number' | 'boolean' }
  /** A number or boolean whose value the program is compiled for. */
  | { readonly is: 'constant'; readonly value: number | boolean }
  | { readonly is: 'table' }
  | { readonly is: 'builtin'; readonly name: string }
  | { readonly is: 'function'; readonly source: SourceText }
  | KernelBinding

/** A bound kernel, which is called with numbers. */
export interface KernelBinding {
  readonly is: 'kernel'
  readonly arity: number
  readonly hasIndex: boolean
  readonly computes:
    | { readonly is: 'builtin'; readonly name: string }
    /** With the bindings that it was made with. */
    | { readonly is: 'function'; readonly source: SourceText; readonly bindings: ReadonlyMap<string, Binding> }
}

export interface CompileOptions {
  readonly domain: 'number' | 'bigint'
  readonly index: boolean
  readonly bindings: ReadonlyMap<string, Binding>
}

/** What came of it. */
export interface Compilation extends Emitted {
  readonly other: null
  /** The arrays and scalars that a call takes. */
  readonly parameters: number
}

/** The compilation has to be tried another way: over bigints, or with the bound numbers as constants. */
export interface OtherWay {
  readonly other: 'bigint' | 'constants'
  /** What to say if there is none. */
  readonly error: KernelError
}

/** @throws KernelError `ERR_KERNEL_UNSUPPORTED` */
export function compile(source: SourceText, options: CompileOptions): Compilation | OtherWay {
  return withinStack(source, () => compileTree(source, options))
}

function compileTree(source: SourceText, options: CompileOptions): Compilation | OtherWay {
  const parameters = countParameters(source, options.index)
  const unit = new Compiler(options.domain, source)
  try {
    const { graph } = unit
    const args: Scalar[] = Array.from({ length: parameters }, (_, k) =>
      options.domain === 'number' ? numberValue(graph.parameter(k)) : bigintValue(graph.parameter(k)),
    )
    if (options.index) args.push(numberValue(graph.index()))
    const scope = unit.bind(options.bindings)
    const fn = { kind: 'function', node: source.fn, scope, source, name: source.name, kernel: undefined } as const
    return finish(unit, source, parameters, inline(unit, fn, args, source.fn))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const refused = refusalError(error.node, error.source, error.reason)
    if (error instanceof BigintRefusal && options.domain === 'number') return { other: 'bigint', error: refused }
    if (error instanceof ScalarLoopRefusal) return { other: 'constants', error: refused }
    throw refused
  }
}

/**
 * The program of a built-in function: `Math.atan2` as a kernel of two operands.
 * @throws KernelError `ERR_KERNEL_UNSUPPORTED`
 */
export function compileBuiltin(name: string, parameters: number, index: boolean): Compilation {
  // There is no text: this stands for it, and a refusal has no place in it.
  const unit = new Compiler('number', { name } as SourceText)
  const args = Array.from({ length: parameters }, (_, k) => numberValue(unit.graph.parameter(k)))
  if (index) args.push(numberValue(unit.graph.index()))
  const value = callOf(unit, name, args)
  if (value.kind !== 'scalar' || value.types === Type.bigint) throw kernelWithoutText(name, reasons.impure(name))
  return { other: null, ...(emit(unit, parameters, value.node) as Emitted), parameters }
}

function callOf(unit: Compiler, name: string, args: readonly Value[]): Value {
  try {
    return callBuiltin(unit, name, args, {} as AnyNode)
  } catch (error) {
    throw error instanceof Refusal ? kernelWithoutText(name, error.reason) : error
  }
}

function finish(unit: Compiler, source: SourceText, parameters: number, value: Value): Compilation {
  const at: AnyNode = source.fn.body.type === 'BlockStatement' ? source.fn : source.fn.body
  if (value.kind === 'table') return unit.refuse(at, reasons.table(value.name))
  if (value.kind !== 'scalar') return unit.refuse(at, reasons.resultIs(resultNames[value.kind]))
  if (unit.domain === 'number' && value.types === Type.bigint) {
    throw new BigintRefusal(at, source, reasons.resultIs('a bigint'))
  }
  if (unit.domain === 'bigint' && value.types !== Type.bigint) {
    return unit.refuse(at, reasons.resultIs('a number where its operands are bigints'))
  }
  if (unit.domain === 'bigint') checkBigints(unit, at, source, value.node)
  const emitted = emit(unit, parameters, value.node)
  return typeof emitted === 'string' ? unit.refuse(source.fn, emitted) : { other: null, ...emitted, parameters }
}

/** A program of bigints has no lanes of numbers: a condition on a bound number must be known while compiling. */
function checkBigints(unit: Compiler, at: AnyNode, source: SourceText, result: Node): void {
  const nodes = nodesOf([result])
  if (nodes.some(({ kind }) => kind === 'index' || kind === 'gather')) unit.refuse(at, reasons.bigintLane)
  const lanes = nodes.filter(({ kind }) => kind === 'scalar')
  if (lanes.length === 0) return
  const isOfNumbers = lanes.every(({ value }) => unit.scalars[Number(value)]?.of === 'value')
  if (isOfNumbers) throw new ScalarLoopRefusal(at, source, reasons.bigintLane)
  unit.refuse(at, reasons.bigintLane)
}

const resultNames = {
  function: 'a function',
  builtin: 'a function',
  namespace: 'an object',
  list: 'an array',
  record: 'an object',
  string: 'a string',
  mixed: 'now a number, now something else',
} as const

/** The parameters before the first that is optional, as `fn.length` counts them, without the index. */
function countParameters({ fn, name, text }: SourceText, hasIndex: boolean): number {
  let count = 0
  for (const { type } of fn.params) {
    if (type === 'RestElement' || type === 'AssignmentPattern') break
    count++
  }
  if (count === 0) throw kernelUnsupportedWhole({ name, text }, reasons.noParameters)
  if (hasIndex && count === 1) throw kernelUnsupportedWhole({ name, text }, reasons.noIndex)
  return hasIndex ? count - 1 : count
}

class Compiler extends Unit {
  constructor(domain: 'number' | 'bigint', source: SourceText) {
    const graph = new Graph()
    super(domain, graph, new Lanes(graph), source)
  }

  evaluate(node: Expression, scope: Scope): Value {
    this.visit(node)
    return evaluateExpression(this, node, scope)
  }

  execute(node: Statement, scope: Scope): void {
    this.visit(node)
    executeStatement(this, node, scope)
  }

  executeBody(statements: readonly Statement[], scope: Scope): void {
    executeAll(this, statements, scope)
  }

  call(callee: Value, args: readonly Value[], node: AnyNode): Value {
    return callValue(this, callee, args, node)
  }

  /** The scope of the bound names; those of a bound kernel are found by the path of that kernel and their own name. */
  bind(bindings: ReadonlyMap<string, Binding>, path = ''): Scope {
    const scope = new Scope(null)
    for (const [name, binding] of bindings) {
      this.lanes.write(scope.declare(name, 'binding'), this.#boundValue(path + name, binding, scope))
    }
    return scope
  }

  #boundValue(name: string, binding: Binding, scope: Scope): Value {
    const scalar = (isBoolean: boolean): Node =>
      this.graph.scalar(this.scalarPlace({ of: 'value', binding: name }), isBoolean)
    switch (binding.is) {
      case 'number':
        return numberValue(scalar(false))
      case 'boolean':
        return booleanValue(scalar(true))
      case 'constant':
        return typeof binding.value === 'boolean'
          ? booleanValue(binding.value ? this.graph.true : this.graph.false)
          : numberValue(this.graph.constant(binding.value))
      case 'table':
        return { kind: 'table', name, place: this.tables.push({ of: 'binding', binding: name }) - 1 }
      case 'builtin':
        return { kind: 'builtin', name: binding.name, kernel: undefined }
      case 'function':
        return { kind: 'function', node: binding.source.fn, scope, source: binding.source, name, kernel: undefined }
      case 'kernel': {
        const { arity, hasIndex, computes } = binding
        const kernel = { name, arity, hasIndex }
        if (computes.is === 'builtin') return { kind: 'builtin', name: computes.name, kernel }
        const { source, bindings } = computes
        return { kind: 'function', node: source.fn, scope: this.bind(bindings, `${name}.`), source, name, kernel }
      }
    }
  }
}
