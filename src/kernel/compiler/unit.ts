/** One compilation under way: what the parts of the compiler share. */
import type { AnyNode, Expression, Statement } from 'acorn'
import type { Graph } from './graph.ts'
import type { JumpTarget, Lanes } from './lanes.ts'
import type { Node } from './node.ts'
import { BigintRefusal, Refusal } from './refusal.ts'
import type { Scope, Variable } from './scopes.ts'
import type { SourceText } from './source-text.ts'
import { reasons } from '../../errors/index.ts'
import { limits } from '../program/index.ts'
import { Type, type FunctionNode, type Scalar, type Value } from './values.ts'

/** A number that is given to a program at each call: a bound number or boolean, or the length of a bound array. */
export interface ScalarSource {
  readonly of: 'value' | 'length'
  readonly binding: string
}

/** An array that a program reads: a bound one, or the numbers of one that the text writes down. */
export type TableSource =
  | { readonly of: 'binding'; readonly binding: string }
  | { readonly of: 'constants'; readonly values: Float64Array }

/** A loop, switch or labelled block, as `break` and `continue` find it. */
export interface Enclosing {
  readonly labels: readonly string[]
  /** A plain `break` ends it. */
  readonly isBreakable: boolean
  readonly end: JumpTarget
  /** Null where `continue` does not apply. */
  nextIteration: JumpTarget | null
}

/** One call of a function that is being inlined. */
export interface Call {
  readonly node: FunctionNode
  /** Holds what `return` gives, until all lanes have returned. */
  readonly result: Variable
  readonly end: JumpTarget
  readonly enclosing: Enclosing[]
}

/** Visits of nodes, and items of arrays, beyond which unrolled loops and nested calls are given up. */
const VISITS = 100_000

/** Nodes of the graph beyond which the same holds: an array of many items, indexed in a loop, makes as many at each visit. */
const NODES = 300_000

/** How deep calls may nest. */
export const DEPTH = 16

/** Constants that are kept for the self-check. */
const CONSTANTS = 64

export abstract class Unit {
  /** `bigint`: the parameters are bigints, and numbers exist only as constants. */
  readonly domain: 'number' | 'bigint'
  readonly graph: Graph
  readonly lanes: Lanes
  /** Calls under way, the kernel itself first. */
  readonly calls: Call[] = []
  readonly scalars: ScalarSource[] = []
  readonly tables: TableSource[] = []
  /** Loops that are being unrolled, the outermost first. */
  readonly loops: AnyNode[] = []
  /** The text that the nodes at hand stand in. */
  source: SourceText
  #visits = 0
  readonly #literals = new Set<number | bigint>()
  /** The places of tables of constants, by their numbers. */
  readonly #constantTables = new Map<string, number>()

  constructor(domain: 'number' | 'bigint', graph: Graph, lanes: Lanes, source: SourceText) {
    this.domain = domain
    this.graph = graph
    this.lanes = lanes
    this.source = source
  }

  abstract evaluate(node: Expression, scope: Scope): Value
  abstract execute(node: Statement, scope: Scope): void
  /** The statements of a function's body, in its scope. */
  abstract executeBody(statements: readonly Statement[], scope: Scope): void
  abstract call(callee: Value, args: readonly Value[], node: AnyNode): Value

  refuse(node: AnyNode, reason: string): never {
    throw new Refusal(node, this.source, reason)
  }

  /** Counts a node, or the items that it brings; loops that unroll without end are refused here. */
  visit(node: AnyNode, count = 1): void {
    this.#visits += count
    if (this.#visits + this.lanes.chosenItems <= VISITS && this.graph.size <= NODES) return
    const [loop] = this.loops
    this.refuse(loop ?? node, loop === undefined ? reasons.tooMuch : reasons.unrolled)
  }

  /** Begins the inlining of a function. */
  enterCall(node: FunctionNode, name: string, at: AnyNode, result: Variable): Call {
    if (this.calls.some((call) => call.node === node)) this.refuse(at, reasons.recursion(name))
    if (this.calls.length > DEPTH) this.refuse(at, reasons.depth(DEPTH))
    const call: Call = { node, result, end: this.lanes.enter(), enclosing: [] }
    this.calls.push(call)
    return call
  }

  /** The call under way. */
  get current(): Call {
    return this.calls.at(-1) as Call
  }

  /** The place of a scalar in the program. */
  scalarPlace(source: ScalarSource): number {
    const place = this.scalars.findIndex(({ of, binding }) => of === source.of && binding === source.binding)
    return place === -1 ? this.scalars.push(source) - 1 : place
  }

  /** The place of a table of these numbers; undefined where a program has no place for one more. */
  constantTable(values: readonly number[]): number | undefined {
    const key = values.map((value) => (Object.is(value, -0) ? '-0' : value)).join()
    const known = this.#constantTables.get(key)
    if (known !== undefined || this.tables.length >= limits.tables) return known
    const place = this.tables.push({ of: 'constants', values: Float64Array.from(values) }) - 1
    this.#constantTables.set(key, place)
    return place
  }

  /** A number that the text writes down. */
  literal(value: number | bigint): Node {
    this.#literals.add(value)
    return this.graph.constant(value)
  }

  /** The first constants, at which the text may change its course: those that it writes down, and those that were made of them. */
  constants(): (number | bigint)[] {
    return [...new Set([...this.#literals, ...this.graph.constants(CONSTANTS)])].slice(0, CONSTANTS)
  }

  undefined(): Scalar {
    return { kind: 'scalar', node: this.graph.constant(NaN), types: Type.undefined }
  }

  /** The value as numbers, one a lane. */
  number(value: Value, node: AnyNode): Scalar {
    const scalar = this.scalar(value, node)
    if ((scalar.types & Type.bigint) !== 0) throw new BigintRefusal(node, this.source, reasons.bigint)
    return scalar
  }

  /** The value as something that each lane has: a number, a boolean or a bigint. */
  scalar(value: Value, node: AnyNode): Scalar {
    switch (value.kind) {
      case 'scalar':
        return value
      case 'string':
        return this.refuse(node, reasons.string)
      case 'list':
        return this.refuse(node, reasons.list)
      case 'table':
        return this.refuse(node, reasons.table(value.name))
      case 'function':
      case 'builtin':
        return this.refuse(node, reasons.function)
      case 'namespace':
      case 'record':
        return this.refuse(node, reasons.object)
      case 'mixed':
        return this.refuse(node, reasons.mixed)
    }
  }

  /** Whether each lane is truthy; of things that exist only while compiling, one answer for all. */
  truthy(value: Value, node: AnyNode): ReturnType<Graph['truthy']> {
    switch (value.kind) {
      case 'scalar':
        if ((value.types & Type.bigint) === 0) return this.graph.truthy(value.node)
        if (value.node.kind !== 'constant') return this.refuse(node, reasons.bigintCondition)
        return value.node.value === 0n ? this.graph.false : this.graph.true
      case 'string':
        return value.text === '' ? this.graph.false : this.graph.true
      case 'mixed':
        return this.refuse(node, reasons.mixed)
      default:
        return this.graph.true
    }
  }
}
