/**
 * Bigints. The arrays hold 64 bits, JavaScript's bigints any number of them: only operations that commute with taking the
 * value modulo 2^64 are compiled. Constants are computed exactly, by JavaScript itself.
 */
import type { AnyNode } from 'acorn'
import { reasons } from '../../errors/index.ts'
import { BigintRefusal } from './refusal.ts'
import type { Unit } from './unit.ts'
import { bigintValue, booleanValue, Type, type Scalar } from './values.ts'

const wrapping = { '+': 'add', '-': 'subtract', '*': 'multiply', '&': 'bitAnd', '|': 'bitOr', '^': 'bitXor' } as const

/** Constant exponents up to which a power becomes multiplications. */
const LARGEST_EXPONENT = 1024n

/** Bits of constants: beyond, JavaScript itself would take long. */
const LARGEST_SHIFT = 65_536n

type Operator = '+' | '-' | '*' | '/' | '%' | '**' | '&' | '|' | '^' | '<<' | '>>' | '>>>' | '<' | '<=' | '>' | '>='

export function bigintBinary(unit: Unit, operator: Operator, p: Scalar, q: Scalar, node: AnyNode): Scalar {
  if (unit.domain === 'number') throw new BigintRefusal(node, unit.source, reasons.bigint)
  const isComparison = operator === '<' || operator === '<=' || operator === '>' || operator === '>='
  const [x, y] = [p.node, q.node]
  if (x.kind === 'constant' && y.kind === 'constant') {
    if (isComparison) return booleanValue(unit.graph.constant(compare(operator, x.value, y.value) ? 1 : 0))
    if (typeof x.value === 'bigint' && typeof y.value === 'bigint') {
      return bigintValue(unit.graph.constant(computed(unit, operator, x.value, y.value, node)))
    }
  }
  if (isComparison) return unit.refuse(node, reasons.bigintCondition)
  if (p.types !== Type.bigint || q.types !== Type.bigint) return unit.refuse(node, reasons.bigint)
  if (operator === '**') return power(unit, p, q, node)
  if (operator === '<<') {
    if (y.kind !== 'constant' || y.value < 0n) return unit.refuse(node, reasons.bigintOperator(operator))
    const places = y.value > 64n ? 64n : y.value
    return bigintValue(unit.graph.operation('shiftLeft', x, unit.graph.constant(places)))
  }
  if (!Object.hasOwn(wrapping, operator)) return unit.refuse(node, reasons.bigintOperator(operator))
  return bigintValue(unit.graph.operation(wrapping[operator as keyof typeof wrapping], x, y))
}

export function bigintUnary(unit: Unit, operator: '+' | '-' | '~', { node: x }: Scalar, node: AnyNode): Scalar {
  if (unit.domain === 'number') throw new BigintRefusal(node, unit.source, reasons.bigint)
  if (operator === '+') return unit.refuse(node, reasons.bigintError('+ of a bigint is a TypeError'))
  if (x.kind === 'constant' && typeof x.value === 'bigint') {
    return bigintValue(unit.graph.constant(operator === '-' ? -x.value : ~x.value))
  }
  return bigintValue(unit.graph.operation(operator === '-' ? 'negate' : 'bitNot', x))
}

/** x ** n by squaring: multiplications commute with the modulus in any order. */
function power(unit: Unit, base: Scalar, exponent: Scalar, node: AnyNode): Scalar {
  const { kind, value } = exponent.node
  if (kind !== 'constant' || value < 0n || value > LARGEST_EXPONENT) {
    return unit.refuse(node, reasons.bigintOperator('**'))
  }
  let result = unit.graph.constant(1n)
  let square = base.node
  for (let rest = BigInt(value); rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) {
      result = result.kind === 'constant' ? square : unit.graph.operation('multiply', result, square)
    }
    if (rest > 1n) square = unit.graph.operation('multiply', square, square)
  }
  return bigintValue(result)
}

function computed(unit: Unit, operator: Operator, x: bigint, y: bigint, node: AnyNode): bigint {
  if ((operator === '<<' || operator === '>>' || operator === '**') && (y > LARGEST_SHIFT || y < -LARGEST_SHIFT)) {
    return unit.refuse(node, reasons.bigintOperator(operator))
  }
  try {
    switch (operator) {
      case '+':
        return x + y
      case '-':
        return x - y
      case '*':
        return x * y
      case '/':
        return x / y
      case '%':
        return x % y
      case '**':
        return x ** y
      case '&':
        return x & y
      case '|':
        return x | y
      case '^':
        return x ^ y
      case '<<':
        return x << y
      case '>>':
        return x >> y
      default:
        return unit.refuse(node, reasons.bigintOperator(operator))
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return unit.refuse(node, reasons.bigintError(error.message))
  }
}

function compare(operator: '<' | '<=' | '>' | '>=', x: number | bigint, y: number | bigint): boolean {
  switch (operator) {
    case '<':
      return x < y
    case '<=':
      return x <= y
    case '>':
      return x > y
    case '>=':
      return x >= y
  }
}
