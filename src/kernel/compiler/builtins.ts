/** What the functions and constants of Math, Number and the global object compute. */
import type { AnyNode } from 'acorn'
import { reasons } from '../../errors/index.ts'
import type { OpName } from '../program/index.ts'
import type { Node } from './node.ts'
import { nodesOf } from './order.ts'
import { BigintRefusal, ScalarLoopRefusal } from './refusal.ts'
import type { Unit } from './unit.ts'
import { bigintValue, booleanValue, numberValue, Type, type Value } from './values.ts'

type Builtin = (unit: Unit, args: readonly Value[], node: AnyNode) => Value

/** Math's functions of fixed arity, by their operation. */
const leaves = {
  abs: 1,
  sign: 1,
  floor: 1,
  ceil: 1,
  trunc: 1,
  round: 1,
  sqrt: 1,
  fround: 1,
  f16round: 1,
  sin: 1,
  cos: 1,
  tan: 1,
  asin: 1,
  acos: 1,
  atan: 1,
  sinh: 1,
  cosh: 1,
  tanh: 1,
  asinh: 1,
  acosh: 1,
  atanh: 1,
  exp: 1,
  expm1: 1,
  log: 1,
  log1p: 1,
  log2: 1,
  log10: 1,
  cbrt: 1,
  atan2: 2,
} as const satisfies Partial<Record<OpName, 1 | 2>>

const builtins = new Map<string, Builtin>([
  ...Object.entries(leaves).map(([name, arity]): [string, Builtin] => [
    `Math.${name}`,
    (unit, args, node) => leaf(unit, name as keyof typeof leaves, arity, args, node),
  ]),
  ['Math.pow', (unit, args, node) => operation(unit, 'power', args, node)],
  ['Math.imul', (unit, args, node) => operation(unit, 'multiplyInt32', args, node)],
  ['Math.clz32', (unit, args, node) => numberValue(unit.graph.op('leadingZeros', lane(unit, args, 0, node)))],
  ['Math.min', (unit, args, node) => leftFold(unit, 'minimum', Infinity, args, node)],
  ['Math.max', (unit, args, node) => leftFold(unit, 'maximum', -Infinity, args, node)],
  ['Math.hypot', hypot],
  ['isNaN', (unit, args, node) => booleanValue(unit.graph.op('isNaN', lane(unit, args, 0, node)))],
  ['isFinite', (unit, args, node) => booleanValue(unit.graph.op('isFinite', lane(unit, args, 0, node)))],
  ['Number.isNaN', (unit, args, node) => ofNumbers(unit, args, node, (x) => unit.graph.op('isNaN', x))],
  ['Number.isFinite', (unit, args, node) => ofNumbers(unit, args, node, (x) => unit.graph.op('isFinite', x))],
  ['Number.isInteger', (unit, args, node) => ofNumbers(unit, args, node, (x) => unit.graph.op('isInteger', x))],
  ['Number.isSafeInteger', (unit, args, node) => ofNumbers(unit, args, node, (x) => isSafeInteger(unit, x))],
  ['Number', toNumber],
  ['Boolean', (unit, args, node) => booleanValue(args[0] ? unit.truthy(args[0], node) : unit.graph.false)],
  ['BigInt', toBigint],
])

/** The built-in functions by identity, for a function of Math as a kernel or a binding. */
const byIdentity = new Map<unknown, string>()
for (const name of builtins.keys()) {
  const [space, member] = name.split('.')
  const holder = member === undefined ? globalThis : space === 'Math' ? Math : Number
  const fn = (holder as unknown as Record<string, unknown>)[member ?? name]
  if (typeof fn === 'function') byIdentity.set(fn, name)
}

/** The name of a function that is built into JavaScript and into kernels: `Math.sin`. */
export function builtinName(fn: unknown): string | undefined {
  return byIdentity.get(fn)
}

/** `Math.name` or `Number.name`. */
export function memberOf(unit: Unit, space: 'Math' | 'Number', name: string, node: AnyNode): Value {
  const own = Object.getOwnPropertyDescriptor(space === 'Math' ? Math : Number, name)
  if (own === undefined) return unit.refuse(node, reasons.noMember(space, name))
  if (typeof own.value === 'number') return numberValue(unit.graph.constant(own.value))
  const full = `${space}.${name}`
  if (full === 'Math.random') return unit.refuse(node, reasons.random)
  if (full === 'Number.parseFloat' || full === 'Number.parseInt') return unit.refuse(node, reasons.strings(full))
  return builtins.has(full)
    ? { kind: 'builtin', name: full, kernel: undefined }
    : unit.refuse(node, reasons.impure(full))
}

/** A member of the function BigInt, or of another. */
export function memberOfBuiltin(unit: Unit, builtin: string, name: string, node: AnyNode): Value {
  if (builtin === 'BigInt' && (name === 'asIntN' || name === 'asUintN')) {
    return { kind: 'builtin', name: `BigInt.${name}`, kernel: undefined }
  }
  return unit.refuse(node, reasons.member(name))
}

/** The call of a built-in function. */
export function callBuiltin(unit: Unit, name: string, args: readonly Value[], node: AnyNode): Value {
  if (name === 'BigInt.asIntN' || name === 'BigInt.asUintN') return asBits(unit, name, args, node)
  const builtin = builtins.get(name)
  if (builtin === undefined) return unit.refuse(node, reasons.notCallable)
  return builtin(unit, args, node)
}

/** The lane of an argument; an absent one is undefined, which is NaN. */
function lane(unit: Unit, args: readonly Value[], k: number, node: AnyNode): Node {
  return unit.number(args[k] ?? unit.undefined(), node).node
}

function leaf(unit: Unit, op: keyof typeof leaves, arity: 1 | 2, args: readonly Value[], node: AnyNode): Value {
  return numberValue(
    arity === 1
      ? unit.graph.op(op, lane(unit, args, 0, node))
      : unit.graph.op(op, lane(unit, args, 0, node), lane(unit, args, 1, node)),
  )
}

function operation(unit: Unit, op: 'power' | 'multiplyInt32', args: readonly Value[], node: AnyNode): Value {
  return numberValue(unit.graph.op(op, lane(unit, args, 0, node), lane(unit, args, 1, node)))
}

function leftFold(unit: Unit, op: 'minimum' | 'maximum', start: number, args: readonly Value[], node: AnyNode): Value {
  const [first, ...others] = args.map((arg) => unit.number(arg, node).node)
  if (first === undefined) return numberValue(unit.graph.constant(start))
  return numberValue(others.reduce((so, next) => unit.graph.op(op, so, next), first))
}

function hypot(unit: Unit, args: readonly Value[], node: AnyNode): Value {
  const { graph } = unit
  const nodes = args.map((arg) => unit.number(arg, node).node)
  const [a, b] = nodes
  if (a === undefined) return numberValue(graph.constant(0))
  if (b === undefined) return numberValue(graph.op('abs', a))
  return numberValue(nodes.length === 2 ? graph.op('hypot', a, b) : hypotOfMany(unit, nodes))
}

/**
 * As V8 computes it, bit for bit: all are divided by the largest, their squares added with Kahan's compensation, and the root
 * multiplied again. Infinity wins over NaN.
 */
function hypotOfMany({ graph }: Unit, nodes: readonly Node[]): Node {
  const magnitudes = nodes.map((node) => graph.op('abs', node))
  const largest = magnitudes.reduce((so, next) => graph.op('maximum', so, next))
  let sum = graph.constant(0)
  let compensation = graph.constant(0)
  for (const magnitude of magnitudes) {
    const ratio = graph.op('divide', magnitude, largest)
    const summand = graph.op('subtract', graph.op('multiply', ratio, ratio), compensation)
    const next = graph.op('add', sum, summand)
    compensation = graph.op('subtract', graph.op('subtract', next, sum), summand)
    sum = next
  }
  const scaled = graph.op('multiply', graph.op('sqrt', sum), largest)
  const finite = graph.select(largest, scaled, graph.select(graph.op('isNaN', largest), largest, graph.constant(0)))
  const infinity = graph.constant(Infinity)
  return magnitudes.reduceRight(
    (otherwise, magnitude) => graph.select(graph.op('equal', magnitude, infinity), infinity, otherwise),
    finite,
  )
}

/** Number.isNaN and its like: false of everything that is no number. */
function ofNumbers(unit: Unit, args: readonly Value[], node: AnyNode, test: (x: Node) => Node): Value {
  const value = args[0]
  // Only some lanes may hold what is no number.
  if (value?.kind === 'mixed') return unit.refuse(node, reasons.mixed)
  if (value === undefined || value.kind !== 'scalar' || (value.types & Type.number) === 0) {
    return booleanValue(unit.graph.false)
  }
  if (value.types !== Type.number) {
    const isRead = (value.types & Type.undefined) !== 0
    return unit.refuse(node, isRead ? reasons.maybeUndefined : reasons.booleanOrNumber)
  }
  return booleanValue(test(value.node))
}

function isSafeInteger(unit: Unit, x: Node): Node {
  const { graph } = unit
  const isSmall = graph.op('lessEqual', graph.op('abs', x), graph.constant(Number.MAX_SAFE_INTEGER))
  return graph.and(graph.op('isInteger', x), isSmall)
}

function toNumber(unit: Unit, args: readonly Value[], node: AnyNode): Value {
  const [value] = args
  if (value === undefined) return numberValue(unit.graph.constant(0))
  if (value.kind === 'scalar' && value.types === Type.bigint && value.node.kind === 'constant') {
    return numberValue(unit.graph.constant(Number(value.node.value)))
  }
  return numberValue(unit.number(value, node).node)
}

/** BigInt of a constant or bound number: bigints of numbers that only the elements tell would need their own test. */
function toBigint(unit: Unit, args: readonly Value[], node: AnyNode): Value {
  const [value = unit.undefined()] = args
  const scalar = unit.scalar(value, node)
  if (scalar.types === Type.bigint) return scalar
  // BigInt(null) is a TypeError.
  if ((scalar.types & Type.null) !== 0) return unit.refuse(node, reasons.bigint)
  if (isOfBoundNumbers(unit, scalar.node)) throw new ScalarLoopRefusal(node, unit.source, reasons.bigintLane)
  const { kind, value: constant } = scalar.node
  if (kind !== 'constant' || (scalar.types & Type.undefined) !== 0) return unit.refuse(node, reasons.bigint)
  if (!Number.isInteger(constant)) return unit.refuse(node, reasons.bigintError(`BigInt(${constant}) is a RangeError`))
  return bigintValue(unit.graph.constant(BigInt(constant)))
}

/** Of 64 bits: what the store does anyway. */
function asBits(unit: Unit, name: string, args: readonly Value[], node: AnyNode): Value {
  const [width = unit.undefined(), value = unit.undefined()] = args
  const [bits, scalar] = [unit.scalar(width, node), unit.scalar(value, node)]
  if (unit.domain === 'number') throw new BigintRefusal(node, unit.source, reasons.bigint)
  if (isOfBoundNumbers(unit, bits.node)) throw new ScalarLoopRefusal(node, unit.source, reasons.bigintOperator(name))
  const is64 = bits.node.kind === 'constant' && bits.node.value === 64
  if (scalar.types !== Type.bigint || !is64) return unit.refuse(node, reasons.bigintOperator(name))
  if (scalar.node.kind !== 'constant') return scalar
  const exact = BigInt(scalar.node.value)
  return bigintValue(
    unit.graph.constant(name === 'BigInt.asIntN' ? BigInt.asIntN(64, exact) : BigInt.asUintN(64, exact)),
  )
}

/** What is known once the bound numbers are constants: until then a node has their places. */
function isOfBoundNumbers(unit: Unit, node: Node): boolean {
  const nodes = nodesOf([node])
  if (nodes.some(({ kind }) => kind === 'parameter' || kind === 'index' || kind === 'gather')) return false
  const scalars = nodes.filter(({ kind }) => kind === 'scalar')
  return scalars.length > 0 && scalars.every(({ value }) => unit.scalars[Number(value)]?.of === 'value')
}
