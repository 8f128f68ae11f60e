/** Binding and assignment: what a pattern takes out of a value goes into variables. */
import type { AnyNode, Expression, Pattern, PrivateIdentifier } from 'acorn'
import { reasons } from '../../errors/index.ts'
import type { Scope } from './scopes.ts'
import { memberValue } from './members.ts'
import type { Unit } from './unit.ts'
import { isUndefined, Type, type Value } from './values.ts'

/** Puts a name's value where it goes: a declaration, or an assignment. */
export type Put = (name: string, value: Value, node: AnyNode) => void

/** The first value of a declared name. */
export function declaring(unit: Unit, scope: Scope): Put {
  return (name, value, node) => {
    const variable = scope.find(name)
    if (variable === undefined) return unit.refuse(node, reasons.undeclared(name))
    unit.lanes.write(variable, value)
  }
}

/** Another value of a name that was declared. */
export function assigning(unit: Unit, scope: Scope): Put {
  return (name, value, node) => {
    const variable = scope.find(name)
    if (variable === undefined) return unit.refuse(node, reasons.undeclared(name))
    if (unit.lanes.read(variable) === undefined) return unit.refuse(node, reasons.uninitialized(name))
    if (variable.declaredAs === 'const') return unit.refuse(node, reasons.constant(name))
    if (variable.declaredAs === 'binding') return unit.refuse(node, reasons.binding(name))
    unit.lanes.write(variable, value)
  }
}

export function put(unit: Unit, pattern: Pattern, value: Value, scope: Scope, into: Put): void {
  switch (pattern.type) {
    case 'Identifier':
      return into(pattern.name, value, pattern)
    case 'AssignmentPattern':
      return put(unit, pattern.left, orDefault(unit, value, pattern.right, scope), scope, into)
    case 'ArrayPattern': {
      if (value.kind !== 'list') return unit.refuse(pattern, reasons.destructuring)
      for (const [k, element] of pattern.elements.entries()) {
        if (element === null) continue
        if (element.type === 'RestElement') {
          put(unit, element.argument, { kind: 'list', items: value.items.slice(k) }, scope, into)
        } else put(unit, element, value.items[k] ?? unit.undefined(), scope, into)
      }
      return
    }
    case 'ObjectPattern':
      // Without a property, too: null and undefined cannot be taken apart, and each property of a number is refused.
      if (isMissing(value)) return unit.refuse(pattern, reasons.destructuring)
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') return unit.refuse(property, reasons.destructuring)
        const key = keyOf(unit, property.key, property.computed, scope)
        put(unit, property.value, memberValue(unit, value, key, property), scope, into)
      }
      return
    case 'MemberExpression':
      return unit.refuse(pattern, reasons.write)
    case 'RestElement':
      return unit.refuse(pattern, reasons.restParameter)
  }
}

/** True where the value may be null or undefined. */
function isMissing(value: Value): boolean {
  return value.kind === 'mixed' || (value.kind === 'scalar' && (value.types & (Type.null | Type.undefined)) !== 0)
}

/** The value, or the default where it is undefined. */
export function orDefault(unit: Unit, value: Value, otherwise: Expression, scope: Scope): Value {
  if (isUndefined(value)) return unit.evaluate(otherwise, scope)
  if (value.kind === 'scalar' && (value.types & Type.undefined) !== 0) {
    return unit.refuse(otherwise, reasons.maybeUndefined)
  }
  return value
}

/** A property's name, which is known while compiling. */
export function keyOf(unit: Unit, key: Expression | PrivateIdentifier, isComputed: boolean, scope: Scope): string {
  if (key.type === 'PrivateIdentifier') return unit.refuse(key, reasons.object)
  if (!isComputed && key.type === 'Identifier') return key.name
  const value = unit.evaluate(key, scope)
  if (value.kind === 'string') return value.text
  const node = value.kind === 'scalar' && value.types === Type.number ? value.node : null
  if (node === null || node.kind !== 'constant') return unit.refuse(key, reasons.key)
  return String(node.value)
}
