/** Unary and binary operators on values: which types they meet decides what they compute, or that they cannot. */
import type { AnyNode, BinaryOperator, UnaryOperator } from 'acorn'
import { reasons } from '../../errors/index.ts'
import { bigintBinary, bigintUnary } from './bigints.ts'
import type { Node } from './node.ts'
import type { Unit } from './unit.ts'
import { booleanValue, numberValue, stringValue, Type, type Scalar, type Value } from './values.ts'

const arithmetic = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
  '**': 'power',
  '&': 'bitAnd',
  '|': 'bitOr',
  '^': 'bitXor',
  '<<': 'shiftLeft',
  '>>': 'shiftRight',
  '>>>': 'shiftRightUnsigned',
} as const

/** The operator, and its operands, as messages point at them. */
interface Places {
  readonly node: AnyNode
  readonly left: AnyNode
  readonly right: AnyNode
}

/** `a operator b`, both already evaluated. */
export function binary(unit: Unit, operator: BinaryOperator, a: Value, b: Value, places: Places): Value {
  const { node } = places
  switch (operator) {
    case '===':
    case '==':
      return booleanValue(equality(unit, operator === '===', a, b, places))
    case '!==':
    case '!=':
      return booleanValue(unit.graph.not(equality(unit, operator === '!==', a, b, places)))
    case 'in':
    case 'instanceof':
      return unit.refuse(node, reasons.operator(operator))
  }
  const [p, q] = [unit.scalar(a, places.left), unit.scalar(b, places.right)]
  if (((p.types | q.types) & Type.bigint) !== 0) return bigintBinary(unit, operator, p, q, node)
  switch (operator) {
    case '<':
      return booleanValue(unit.graph.op('less', p.node, q.node))
    case '<=':
      return booleanValue(unit.graph.op('lessEqual', p.node, q.node))
    case '>':
      return booleanValue(unit.graph.op('less', q.node, p.node))
    case '>=':
      return booleanValue(unit.graph.op('lessEqual', q.node, p.node))
    default:
      return numberValue(unit.graph.op(arithmetic[operator], p.node, q.node))
  }
}

/** `operator a` for the operators that take a value; `typeof` and `void` too. */
export function unary(unit: Unit, operator: Exclude<UnaryOperator, 'delete'>, value: Value, node: AnyNode): Value {
  switch (operator) {
    case '!':
      return booleanValue(unit.graph.not(unit.truthy(value, node)))
    case 'void':
      return unit.undefined()
    case 'typeof':
      return stringValue(typeName(unit, value, node))
  }
  const scalar = unit.scalar(value, node)
  if ((scalar.types & Type.bigint) !== 0) return bigintUnary(unit, operator, scalar, node)
  switch (operator) {
    case '+':
      return numberValue(scalar.node)
    case '-':
      return numberValue(unit.graph.op('negate', scalar.node))
    case '~':
      return numberValue(unit.graph.op('bitNot', scalar.node))
  }
}

function typeName(unit: Unit, value: Value, node: AnyNode): string {
  switch (value.kind) {
    case 'scalar':
      switch (value.types) {
        case Type.number:
          return 'number'
        case Type.boolean:
          return 'boolean'
        case Type.bigint:
          return 'bigint'
        case Type.undefined:
          return 'undefined'
        case Type.null:
          return 'object'
        default:
          return unit.refuse(node, reasons.mixed)
      }
    case 'string':
      return 'string'
    case 'function':
    case 'builtin':
      return 'function'
    case 'mixed':
      return unit.refuse(node, reasons.mixed)
    default:
      return 'object'
  }
}

/** Whether two values are equal, lane by lane. */
export function equality(unit: Unit, isStrict: boolean, a: Value, b: Value, { node, left, right }: Places): Node {
  const { graph } = unit
  if (a.kind === 'string' && b.kind === 'string') return a.text === b.text ? graph.true : graph.false
  const [p, q] = [unit.scalar(a, left), unit.scalar(b, right)]
  if (((p.types | q.types) & Type.bigint) !== 0) return bigintEquality(unit, isStrict, p, q, node)
  const compared = isStrict ? strictly(unit, p, q, node) : loosely(unit, p, q, node)
  if (compared !== null) return compared ? graph.true : graph.false
  return graph.op('equal', p.node, q.node)
}

/** The types whose lanes are numbers that another type's lanes may also be. */
const COLLIDING = Type.number | Type.boolean | Type.null

function isSingle(types: number): boolean {
  return (types & (types - 1)) === 0
}

/** Of `===`: the answer for all lanes, or null where the lanes' numbers tell it. */
function strictly(unit: Unit, p: Scalar, q: Scalar, node: AnyNode): boolean | null {
  const both = p.types & q.types
  if (both === 0) return false
  if (p.types === q.types && isSingle(both)) return both === Type.undefined || both === Type.null ? true : null
  if ((both & Type.undefined) !== 0) return unit.refuse(node, reasons.maybeUndefined)
  const [first, second] = [p.types & COLLIDING, q.types & COLLIDING]
  if (!isSingle(first | second) && first !== 0 && second !== 0) return unit.refuse(node, reasons.booleanOrNumber)
  return null
}

/** Of `==`: null and undefined equal each other and nothing else, a boolean is a number. */
function loosely(unit: Unit, p: Scalar, q: Scalar, node: AnyNode): boolean | null {
  const nothing = Type.undefined | Type.null
  const [first, second] = [p.types & nothing, q.types & nothing]
  if (first === p.types && second === q.types) return true
  if ((first === p.types && second === 0) || (second === q.types && first === 0)) return false
  if (first !== 0 && second !== 0) return unit.refuse(node, reasons.maybeUndefined)
  if (((first | second) & Type.null) !== 0) return unit.refuse(node, reasons.maybeNull)
  return null
}

/** Bigints are compared where both are constants: two that differ may be equal modulo 2^64. */
function bigintEquality(unit: Unit, isStrict: boolean, p: Scalar, q: Scalar, node: AnyNode): Node {
  if (p.node.kind !== 'constant' || q.node.kind !== 'constant') return unit.refuse(node, reasons.bigintCondition)
  const [x, y] = [p.node.value, q.node.value]
  // null, which stands there as 0, equals no bigint.
  if (((p.types | q.types) & Type.null) !== 0) return unit.graph.false
  // eslint-disable-next-line eqeqeq -- the operator that is compiled
  const isEqual = isStrict ? p.types === q.types && x === y : x == y
  return isEqual ? unit.graph.true : unit.graph.false
}
