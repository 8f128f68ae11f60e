/** Expressions: from a tree to the value that each lane has of it. */
import type {
  AnyNode,
  AssignmentExpression,
  BinaryOperator,
  CallExpression,
  Expression,
  Literal,
  LogicalExpression,
  MemberExpression,
  ObjectExpression,
  SpreadElement,
  UpdateExpression,
} from 'acorn'
import { reasons } from '../../errors/index.ts'
import { bigintBinary } from './bigints.ts'
import { globalValue } from './globals.ts'
import { elementOf, memberValue } from './members.ts'
import { binary, equality, unary } from './operators.ts'
import { assigning, keyOf, put } from './patterns.ts'
import { BigintRefusal } from './refusal.ts'
import type { Scope } from './scopes.ts'
import type { Unit } from './unit.ts'
import {
  bigintValue,
  booleanValue,
  numberValue,
  stringValue,
  Type,
  type FunctionNode,
  type ListValue,
  type Scalar,
  type Value,
} from './values.ts'

export function evaluateExpression(unit: Unit, node: Expression, scope: Scope): Value {
  switch (node.type) {
    case 'Literal':
      return literal(unit, node)
    case 'Identifier':
      return named(unit, node.name, node, scope)
    case 'BinaryExpression': {
      const { left, right } = node
      if (left.type === 'PrivateIdentifier') return unit.refuse(node, reasons.object)
      const first = unit.evaluate(left, scope)
      return binary(unit, node.operator, first, unit.evaluate(right, scope), { node, left, right })
    }
    case 'UnaryExpression':
      if (node.operator === 'delete') return unit.refuse(node, reasons.operator('delete'))
      return unary(unit, node.operator, unit.evaluate(node.argument, scope), node)
    case 'LogicalExpression':
      return logical(unit, node.operator, unit.evaluate(node.left, scope), node, () => unit.evaluate(node.right, scope))
    case 'ConditionalExpression':
      return unit.lanes.branch(
        unit.truthy(unit.evaluate(node.test, scope), node.test),
        () => unit.evaluate(node.consequent, scope),
        () => unit.evaluate(node.alternate, scope),
      ) as Value
    case 'AssignmentExpression':
      return assignment(unit, node, scope)
    case 'UpdateExpression':
      return update(unit, node, scope)
    case 'SequenceExpression':
      return node.expressions.reduce<Value>((_, each) => unit.evaluate(each, scope), unit.undefined())
    case 'CallExpression':
      return call(unit, node, scope)
    case 'MemberExpression':
      return member(unit, node, scope)
    case 'ChainExpression':
      return unit.evaluate(node.expression, scope)
    case 'ParenthesizedExpression':
      return unit.evaluate(node.expression, scope)
    case 'ArrayExpression':
      return { kind: 'list', items: node.elements.flatMap((element) => items(unit, element, scope)) }
    case 'ObjectExpression':
      return record(unit, node, scope)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return closure(unit, node, scope)
    case 'ThisExpression':
      return unit.refuse(node, reasons.this)
    case 'TemplateLiteral':
      if (node.expressions.length === 0) return stringValue(node.quasis[0]?.value.cooked ?? '')
      return unit.refuse(node, reasons.string)
    case 'TaggedTemplateExpression':
      return unit.refuse(node, reasons.string)
    case 'ClassExpression':
      return unit.refuse(node, reasons.syntax('a class'))
    case 'NewExpression':
      return unit.refuse(node, reasons.syntax('new'))
    case 'AwaitExpression':
      return unit.refuse(node, reasons.syntax('await'))
    case 'YieldExpression':
      return unit.refuse(node, reasons.syntax('yield'))
    case 'ImportExpression':
      return unit.refuse(node, reasons.impure('import()'))
    case 'MetaProperty':
      return unit.refuse(node, reasons.syntax(`${node.meta.name}.${node.property.name}`))
  }
}

function literal(unit: Unit, node: Literal): Value {
  const { value } = node
  // Own: acorn leaves out what a literal is not.
  if (Object.hasOwn(node, 'regex')) return unit.refuse(node, reasons.regularExpression)
  if (Object.hasOwn(node, 'bigint') && typeof node.bigint === 'string') {
    if (unit.domain === 'number') throw new BigintRefusal(node, unit.source, reasons.bigint)
    return bigintValue(unit.literal(BigInt(node.bigint)))
  }
  switch (typeof value) {
    case 'number':
      return numberValue(unit.literal(exactly(value, node)))
    case 'boolean':
      return booleanValue(value ? unit.graph.true : unit.graph.false)
    case 'string':
      return stringValue(value)
    default:
      return { kind: 'scalar', node: unit.graph.constant(0), types: Type.null }
  }
}

/** The number that a text writes down: of one to the base 2, 8 or 16 the parser rounds each digit's sum, and JavaScript the whole. */
function exactly(value: number, { raw = '' }: Literal): number {
  return value > Number.MAX_SAFE_INTEGER && /^0[xob]/i.test(raw) ? Number(raw.replaceAll('_', '')) : value
}

function named(unit: Unit, name: string, node: AnyNode, scope: Scope): Value {
  const variable = scope.find(name)
  if (variable === undefined) {
    if (name === 'arguments') return unit.refuse(node, reasons.arguments)
    return globalValue(unit.graph, name) ?? unit.refuse(node, reasons.undeclared(name))
  }
  return unit.lanes.read(variable) ?? unit.refuse(node, reasons.uninitialized(name))
}

/** `a && b`, `a || b`, `a ?? b`: the value of one of them, and what b does happens only in the lanes that come to it. */
function logical(
  unit: Unit,
  operator: LogicalExpression['operator'],
  left: Value,
  node: AnyNode,
  right: () => Value,
): Value {
  if (operator !== '??') {
    const test = unit.truthy(left, node)
    const kept = (): Value => left
    return unit.lanes.branch(test, operator === '&&' ? right : kept, operator === '&&' ? kept : right) as Value
  }
  if (left.kind === 'mixed') return unit.refuse(node, reasons.mixed)
  const nothing = left.kind === 'scalar' ? left.types & (Type.undefined | Type.null) : 0
  if (nothing === 0) return left
  if (left.kind === 'scalar' && left.types === nothing) return right()
  return unit.refuse(node, (nothing & Type.null) === 0 ? reasons.maybeUndefined : reasons.maybeNull)
}

function assignment(unit: Unit, node: AssignmentExpression, scope: Scope): Value {
  const { left, operator } = node
  const into = assigning(unit, scope)
  if (operator === '=') {
    const value = unit.evaluate(node.right, scope)
    put(unit, left, value, scope, into)
    return value
  }
  if (left.type !== 'Identifier') return unit.refuse(left, reasons.write)
  const before = named(unit, left.name, left, scope)
  if (operator === '&&=' || operator === '||=' || operator === '??=') {
    return logical(unit, operator.slice(0, -1) as '&&' | '||' | '??', before, node, () => {
      const value = unit.evaluate(node.right, scope)
      into(left.name, value, left)
      return value
    })
  }
  const after = binary(unit, operator.slice(0, -1) as BinaryOperator, before, unit.evaluate(node.right, scope), {
    node,
    left,
    right: node.right,
  })
  into(left.name, after, left)
  return after
}

function update(unit: Unit, node: UpdateExpression, scope: Scope): Value {
  const { argument, operator, prefix } = node
  if (argument.type !== 'Identifier') return unit.refuse(argument, reasons.write)
  const scalar = unit.scalar(named(unit, argument.name, argument, scope), argument)
  const sign = operator === '++' ? '+' : '-'
  const isBigint = scalar.types === Type.bigint
  const before: Scalar = isBigint ? scalar : numberValue(unit.number(scalar, argument).node)
  const after: Scalar = isBigint
    ? bigintBinary(unit, sign, before, bigintValue(unit.graph.constant(1n)), node)
    : numberValue(unit.graph.op(operator === '++' ? 'add' : 'subtract', before.node, unit.graph.constant(1)))
  assigning(unit, scope)(argument.name, after, argument)
  return prefix ? after : before
}

function call(unit: Unit, node: CallExpression, scope: Scope): Value {
  const { callee } = node
  if (callee.type === 'Super') return unit.refuse(node, reasons.this)
  if (callee.type === 'Identifier' && scope.find(callee.name) === undefined) {
    // A compiler's helper that only keeps a function's name: the function itself.
    const [kept] = node.arguments
    if (unit.source.nameKeepers.has(callee.name) && kept !== undefined && kept.type !== 'SpreadElement') {
      return unit.evaluate(kept, scope)
    }
  }
  const target = unit.evaluate(callee, scope)
  const args = node.arguments.flatMap((argument) => items(unit, argument, scope))
  return unit.call(target, args, node)
}

function member(unit: Unit, node: MemberExpression, scope: Scope): Value {
  if (node.object.type === 'Super') return unit.refuse(node, reasons.this)
  const object = unit.evaluate(node.object, scope)
  if (node.computed && (object.kind === 'table' || object.kind === 'list')) {
    const key = unit.evaluate(node.property as Expression, scope)
    if (key.kind !== 'string') {
      return object.kind === 'table' ? elementOf(unit, object, key, node) : itemOf(unit, object, key, node)
    }
    return memberValue(unit, object, key.text, node)
  }
  return memberValue(unit, object, keyOf(unit, node.property, node.computed, scope), node)
}

/** An item of an array written here, by an index that may differ from lane to lane. */
function itemOf(unit: Unit, list: ListValue, key: Value, node: AnyNode): Value {
  const { node: at, types } = unit.number(key, node)
  // `[1, 2][true]` reads the property "true", and `[1, 2][null]` the property "null".
  if ((types & ~(Type.number | Type.undefined)) !== 0) return unit.refuse(node, reasons.key)
  // The one item that it is, whatever its kind, is not chosen lane by lane.
  if (at.kind === 'constant') return list.items[Number(at.value)] ?? unit.undefined()
  const table = tableOf(unit, list)
  if (table !== undefined) {
    return { kind: 'scalar', node: unit.graph.gather(table, at), types: Type.number | Type.undefined }
  }
  const index = numberValue(at)
  return list.items.reduceRight<Value>((otherwise, item, k) => {
    const isIt = equality(unit, true, index, numberValue(unit.graph.constant(k)), {
      node,
      left: node,
      right: node,
    })
    return unit.lanes.choose(isIt, item, otherwise)
  }, unit.undefined())
}

/** Items up to which choosing one of them takes no longer than reading it from memory. */
const CHOSEN = 12

/** The place of a list's numbers in memory; undefined where they are few, or not all of them constants. */
function tableOf(unit: Unit, { items: of }: ListValue): number | undefined {
  if (of.length <= CHOSEN || unit.domain !== 'number') return undefined
  const values: number[] = []
  for (const item of of) {
    if (item.kind !== 'scalar' || item.types !== Type.number || item.node.kind !== 'constant') return undefined
    values.push(Number(item.node.value))
  }
  return unit.constantTable(values)
}

/** What an argument or element of an array is: one value, or those that are spread. */
function items(unit: Unit, node: Expression | SpreadElement | null, scope: Scope): readonly Value[] {
  if (node === null) return [unit.undefined()]
  if (node.type !== 'SpreadElement') return [unit.evaluate(node, scope)]
  const value = unit.evaluate(node.argument, scope)
  if (value.kind !== 'list') return unit.refuse(node, reasons.spread)
  // `[...a, ...a]` doubles them each time.
  unit.visit(node, value.items.length)
  return value.items
}

function record(unit: Unit, node: ObjectExpression, scope: Scope): Value {
  const fields = new Map<string, Value>()
  for (const property of node.properties) {
    if (property.type === 'SpreadElement' || property.kind !== 'init') return unit.refuse(property, reasons.object)
    const key = keyOf(unit, property.key, property.computed, scope)
    // `{ __proto__: value }` is no field.
    if (key === '__proto__') return unit.refuse(property, reasons.object)
    fields.set(key, unit.evaluate(property.value, scope))
  }
  return { kind: 'record', fields }
}

export function closure(unit: Unit, node: FunctionNode, scope: Scope): Value {
  const name = node.id?.name ?? ''
  return { kind: 'function', node, scope, source: unit.source, name, kernel: undefined }
}
