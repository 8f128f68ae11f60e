/**
 * Rewrites that keep every bit of every lane, NaN, signed zeros and infinities included. None of the school's rules that
 * do not: x * 0, x - x, x + 0, (x + y) + z stay as they are.
 */
import type { OpName } from '../program/index.ts'
import type { Node, NodeMaker } from './node.ts'

const int32Ops: ReadonlySet<string> = new Set(
  'bitAnd bitOr bitXor bitNot shiftLeft shiftRight multiplyInt32 leadingZeros'.split(' '),
)

/** Every lane is an integer that `| 0` leaves as it is. */
function isInt32(node: Node): boolean {
  return (
    node.isBoolean ||
    int32Ops.has(node.kind) ||
    (node.kind === 'constant' && Object.is(Number(node.value) | 0, node.value))
  )
}

function is(node: Node | null, value: number): boolean {
  return node !== null && node.kind === 'constant' && Object.is(node.value, value)
}

/** A number whose reciprocal is exact: a power of two, it and its reciprocal both normal. */
function hasExactReciprocal(node: Node): node is Node & { value: number } {
  if (node.kind !== 'constant' || typeof node.value !== 'number') return false
  const magnitude = Math.abs(node.value)
  return (
    magnitude >= 2 ** -1022 &&
    magnitude <= 2 ** 1022 &&
    Math.log2(magnitude) % 1 === 0 &&
    2 ** Math.log2(magnitude) === magnitude
  )
}

/** A node that gives the same as the operation; null where there is none that is simpler. */
export function simplify(graph: NodeMaker, op: OpName, a: Node, b: Node | null, c: Node | null): Node | null {
  switch (op) {
    case 'multiply':
      return is(b, 1) ? a : is(a, 1) ? b : null
    case 'divide':
      if (b === null || !hasExactReciprocal(b)) return null
      return graph.op('multiply', a, graph.constant(1 / b.value))
    case 'subtract':
      return is(b, 0) ? a : null
    case 'add':
      return is(b, -0) ? a : is(a, -0) ? b : null
    case 'equal':
    case 'notEqual':
      return b === null ? null : simplifyEquality(graph, op, a, b)
    case 'power':
      // No other exponent: x ** 3 and x ** 0.5 differ from multiplications and the square root, x ** -1 does from Node 24 on.
      if (is(b, 0) || is(b, -0)) return graph.constant(1)
      if (is(b, 1)) return a
      return is(b, 2) ? graph.op('multiply', a, a) : null
    case 'negate':
      return a.kind === 'negate' ? a.a : null
    case 'bitOr':
    case 'bitXor':
      if (is(b, 0) && isInt32(a)) return a
      return is(a, 0) && b !== null && isInt32(b) ? b : null
    case 'shiftLeft':
    case 'shiftRight':
      return is(b, 0) && isInt32(a) ? a : null
    case 'bitNot':
      return a.kind === 'bitNot' && a.a !== null ? graph.op('bitOr', a.a, graph.false) : null
    case 'truthy':
      return a.isBoolean ? a : null
    case 'not':
      return simplifyNot(graph, a)
    case 'select':
      return b === null || c === null ? null : simplifySelect(graph, a, b, c)
    default:
      return null
  }
}

/** x - c === 0 is x === c for finite c, since a difference of two doubles is zero only where they are equal; and so for x + c. */
function simplifyEquality(graph: NodeMaker, op: 'equal' | 'notEqual', a: Node, b: Node): Node | null {
  const [zero, sum] = a.kind === 'constant' ? [a, b] : [b, a]
  if (!(is(zero, 0) || is(zero, -0)) || sum.a === null || sum.b === null) return null
  if (sum.kind !== 'subtract' && sum.kind !== 'add') return null
  const [x, c] = isFiniteNumber(sum.a) ? [sum.b, sum.a] : [sum.a, sum.b]
  if (!isFiniteNumber(c)) return null
  return graph.op(op, x, sum.kind === 'subtract' ? c : graph.constant(-c.value))
}

function isFiniteNumber(node: Node): node is Node & { value: number } {
  return node.kind === 'constant' && Number.isFinite(node.value)
}

function simplifyNot(graph: NodeMaker, a: Node): Node | null {
  switch (a.kind) {
    case 'equal':
      return graph.op('notEqual', a.a as Node, a.b)
    case 'notEqual':
      return graph.op('equal', a.a as Node, a.b)
    case 'not':
      return graph.truthy(a.a as Node)
    case 'truthy':
      return graph.not(a.a as Node)
    default:
      return null
  }
}

function simplifySelect(graph: NodeMaker, test: Node, yes: Node, no: Node): Node | null {
  if (yes === no) return yes
  if (test.kind === 'constant') return test.value !== 0 && test.value === test.value ? yes : no
  if (is(yes, 1) && is(no, 0)) return graph.truthy(test)
  if (is(yes, 0) && is(no, 1)) return graph.not(test)
  if (test.isBoolean && no === test) return graph.select(test, yes, graph.false)
  if (test.isBoolean && yes === test) return graph.select(test, graph.true, no)
  if (test.kind === 'not') return graph.select(test.a as Node, no, yes)
  if (test.kind === 'truthy') return graph.select(test.a as Node, yes, no)
  if (yes.kind === 'select' && yes.a === test) return graph.select(test, yes.b as Node, no)
  if (no.kind !== 'select') return null
  if (no.a === test) return graph.select(test, yes, no.c as Node)
  // test ? yes : (!test && other) ? b : c: the lanes that come there are those without test.
  const inner = no.a as Node
  if (inner.kind === 'select' && inner.a === test && is(inner.b, 0)) {
    return graph.select(test, yes, graph.select(inner.c as Node, no.b as Node, no.c as Node))
  }
  return null
}
