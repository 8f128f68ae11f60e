/**
 * The values of a kernel as a graph of pure operations. Equal operations on equal values are one node, so that common
 * subexpressions are computed once; what can be known while compiling is, where that keeps every bit.
 */
import type { OpName } from '../program/index.ts'
import { constantOf } from './constants.ts'
import type { Node, NodeKind, NodeMaker } from './node.ts'
import { simplify } from './simplify.ts'

/** Operations that give 1 or 0. */
const booleanOps: ReadonlySet<NodeKind> = new Set(
  'less lessEqual equal notEqual not truthy isNaN isFinite isInteger'.split(' ') as NodeKind[],
)

/** Operations whose operands may be exchanged without changing a bit. */
const commutative: ReadonlySet<NodeKind> = new Set(
  'add multiply minimum maximum equal notEqual bitAnd bitOr bitXor multiplyInt32'.split(' ') as NodeKind[],
)

/** Makes nodes, each of them once. */
export class Graph implements NodeMaker {
  readonly #nodes = new Map<string, Node>()
  readonly true: Node = this.constant(1)
  readonly false: Node = this.constant(0)

  /** Nodes that were made, also those of which nothing is left. */
  get size(): number {
    return this.#nodes.size
  }

  constant(value: number | bigint): Node {
    const key = typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : `${value}`
    return this.#node(key, 'constant', null, null, null, value, value === 1 || Object.is(value, 0))
  }

  parameter(place: number): Node {
    return this.#node(`parameter ${place}`, 'parameter', null, null, null, place, false)
  }

  scalar(place: number, isBoolean: boolean): Node {
    return this.#node(`scalar ${place}`, 'scalar', null, null, null, place, isBoolean)
  }

  index(): Node {
    return this.#node('index', 'index', null, null, null, 0, false)
  }

  gather(table: number, index: Node): Node {
    return this.#node(`gather ${table} ${index.id}`, 'gather', null, index, null, table, false)
  }

  /** An operation, or a node that has the same bits in every lane. */
  op(op: Exclude<OpName, 'gather'>, a: Node, b: Node | null = null, c: Node | null = null): Node {
    const folded = constantOf(op, a, b, c)
    if (folded !== undefined) return this.constant(folded)
    return simplify(this, op, a, b, c) ?? this.operation(op, a, b, c)
  }

  /** An operation as it stands; bigints take this way, whose constants are computed where they meet. */
  operation(op: Exclude<OpName, 'gather'>, a: Node, b: Node | null = null, c: Node | null = null): Node {
    const [p, q] = commutative.has(op) && b !== null && b.id < a.id ? [b, a] : [a, b]
    const isBoolean = booleanOps.has(op) || (op === 'select' && b !== null && c !== null && b.isBoolean && c.isBoolean)
    return this.#node(`${op} ${p.id} ${q?.id ?? ''} ${c?.id ?? ''}`, op, p, q, c, 0, isBoolean)
  }

  /** Whether a lane is truthy, as 1 or 0. */
  truthy(node: Node): Node {
    return this.op('truthy', node)
  }

  not(node: Node): Node {
    return this.op('not', node)
  }

  /** Of two booleans. */
  and(a: Node, b: Node): Node {
    return this.op('select', a, b, this.false)
  }

  /** Of two booleans. */
  or(a: Node, b: Node): Node {
    return this.op('select', a, this.true, b)
  }

  select(test: Node, yes: Node, no: Node): Node {
    return this.op('select', test, yes, no)
  }

  /** The first constants that were made, also those of which nothing is left. */
  constants(most: number): (number | bigint)[] {
    const values = []
    for (const { kind, value } of this.#nodes.values()) {
      if (kind !== 'constant') continue
      values.push(value)
      if (values.length === most) break
    }
    return values
  }

  #node(
    key: string,
    kind: NodeKind,
    a: Node | null,
    b: Node | null,
    c: Node | null,
    value: number | bigint,
    isBoolean: boolean,
  ): Node {
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    const node: Node = { id: this.#nodes.size, kind, a, b, c, value, isBoolean }
    this.#nodes.set(key, node)
    return node
  }
}
