/** Reading a member of a value: of Math, of an array written here, an element of a bound array. */
import type { AnyNode } from 'acorn'
import { reasons } from '../../errors/index.ts'
import { memberOf, memberOfBuiltin } from './builtins.ts'
import type { Unit } from './unit.ts'
import { numberValue, Type, type TableValue, type Value } from './values.ts'

/** `value.key`, the key being known. */
export function memberValue(unit: Unit, value: Value, key: string, node: AnyNode): Value {
  switch (value.kind) {
    case 'namespace':
      return memberOf(unit, value.name, key, node)
    case 'builtin':
      return memberOfBuiltin(unit, value.name, key, node)
    case 'list': {
      if (key === 'length') return numberValue(unit.graph.constant(value.items.length))
      const place = Number(key)
      if (String(place) !== key) return unit.refuse(node, reasons.member(key))
      return value.items[place] ?? unit.undefined()
    }
    case 'record':
      if (key in Object.prototype && !value.fields.has(key)) return unit.refuse(node, reasons.member(key))
      return value.fields.get(key) ?? unit.undefined()
    case 'table':
      if (key === 'length') return lengthOf(unit, value)
      if (String(Number(key)) !== key) return unit.refuse(node, reasons.member(key))
      return elementOf(unit, value, numberValue(unit.graph.constant(Number(key))), node)
    case 'scalar':
      return unit.refuse(node, reasons.member(key))
    case 'string':
      return unit.refuse(node, reasons.string)
    case 'function':
      return unit.refuse(node, reasons.member(key))
    case 'mixed':
      return unit.refuse(node, reasons.mixed)
  }
}

/** `table[index]`: undefined, which is NaN, where the index is none. */
export function elementOf(unit: Unit, table: TableValue, index: Value, node: AnyNode): Value {
  const at = unit.number(index, node)
  // `bound[true]` is the property "true".
  if ((at.types & ~(Type.number | Type.undefined)) !== 0) return unit.refuse(node, reasons.key)
  return {
    kind: 'scalar',
    node: unit.graph.gather(table.place, at.node),
    types: Type.number | Type.undefined,
  }
}

function lengthOf(unit: Unit, { name }: TableValue): Value {
  return numberValue(unit.graph.scalar(unit.scalarPlace({ of: 'length', binding: name }), false))
}
