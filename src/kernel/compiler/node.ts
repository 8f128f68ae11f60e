/** The nodes of a kernel's graph. */
import type { OpName } from '../program/index.ts'

/** What a node is: an operation, or one of the things that operations begin with. */
export type NodeKind = OpName | 'parameter' | 'scalar' | 'constant' | 'index'

/** One value; of an operation, `a`, `b` and `c` are its operands. */
export interface Node {
  /** Nodes are numbered as they are made: operands before the operations on them. */
  readonly id: number
  readonly kind: NodeKind
  readonly a: Node | null
  readonly b: Node | null
  readonly c: Node | null
  /** Of a constant, its value; of a parameter or scalar, its place; of a gather, the number of its table. */
  readonly value: number | bigint
  /** Every lane is 1 or 0. */
  readonly isBoolean: boolean
}

/** What rewrites need of the graph. */
export interface NodeMaker {
  readonly true: Node
  readonly false: Node
  constant(value: number | bigint): Node
  op(op: Exclude<OpName, 'gather'>, a: Node, b?: Node | null, c?: Node | null): Node
  truthy(node: Node): Node
  not(node: Node): Node
  select(test: Node, yes: Node, no: Node): Node
}
