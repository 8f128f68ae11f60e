/** Calls: built-in functions compute, functions with a text are inlined. */
import type { AnyNode, Pattern } from 'acorn'
import { reasons } from '../../errors/index.ts'
import { callBuiltin } from './builtins.ts'
import { checkDeclarations } from './declarations.ts'
import { declaring, put } from './patterns.ts'
import { computesIn, hoistedNames, namesOf, Scope } from './scopes.ts'
import type { Unit } from './unit.ts'
import {
  numberValue,
  Type,
  type BuiltinValue,
  type FunctionNode,
  type FunctionValue,
  type Scalar,
  type Value,
} from './values.ts'

/** `callee(...args)` */
export function callValue(unit: Unit, callee: Value, args: readonly Value[], node: AnyNode): Value {
  switch (callee.kind) {
    case 'builtin':
      return callBuiltin(unit, callee.name, argumentsOf(unit, callee, args, node), node)
    case 'function':
      return inline(unit, callee, argumentsOf(unit, callee, args, node), node)
    case 'namespace':
      // Number is both: the function, and what holds others.
      return callee.name === 'Number' ? callBuiltin(unit, 'Number', args, node) : unit.refuse(node, reasons.notCallable)
    case 'mixed':
      return unit.refuse(node, reasons.mixed)
    default:
      return unit.refuse(node, reasons.notCallable)
  }
}

/** The arguments that a function is given: that of a kernel takes as many numbers as it has operands, then the index. */
function argumentsOf(
  unit: Unit,
  { kernel }: FunctionValue | BuiltinValue,
  args: readonly Value[],
  node: AnyNode,
): readonly Value[] {
  if (kernel === undefined) return args
  const { name, arity, hasIndex } = kernel
  const given: Value[] = []
  for (let k = 0; k < arity; k++) {
    const value = args[k]
    // What may be undefined is a read of a bound array that is NaN out of range.
    if (value === undefined || !isNumber(value, Type.number | Type.undefined)) {
      return unit.refuse(node, reasons.kernelOperand(name))
    }
    given.push(numberValue(value.node))
  }
  if (hasIndex) given.push(indexOf(unit, name, args[arity], node))
  return given
}

/** What follows the operands of a kernel, if it is a number; else 0. */
function indexOf(unit: Unit, name: string, value: Value | undefined, node: AnyNode): Value {
  if (value === undefined) return numberValue(unit.graph.constant(0))
  if (value.kind === 'mixed') return unit.refuse(node, reasons.mixed)
  if (value.kind !== 'scalar' || (value.types & Type.number) === 0) return numberValue(unit.graph.constant(0))
  return value.types === Type.number ? value : unit.refuse(node, reasons.kernelIndex(name))
}

function isNumber(value: Value, types: number): value is Scalar {
  return value.kind === 'scalar' && (value.types & Type.number) !== 0 && (value.types & ~types) === 0
}

/** Executes a function's body here, with the arguments as its parameters. */
export function inline(unit: Unit, fn: FunctionValue, args: readonly Value[], at: AnyNode): Value {
  const { node, name, source } = fn
  if (node.async) return unit.refuse(at, reasons.async)
  if (node.generator) return unit.refuse(at, reasons.generator)
  const around = new Scope(fn.scope)
  // A named function expression knows itself.
  if (node.type === 'FunctionExpression' && node.id) unit.lanes.write(around.declare(node.id.name, 'const'), fn)
  const scope = new Scope(around)
  const result = new Scope(null).declare('return', 'let')
  const call = unit.enterCall(node, name, at, result)
  const [caller, { lanes }] = [unit.source, unit]
  unit.source = source
  lanes.write(result, unit.undefined())
  checkDeclarations(unit, node)
  takeParameters(unit, node, args, scope)
  if (node.body.type === 'BlockStatement') {
    const body = new Scope(scope)
    const isApart = node.params.some(computesIn)
    for (const hoisted of node.body.body.flatMap(hoistedNames)) {
      const parameter = scope.own(hoisted)
      // A parameter of the same name is the variable; where parameters compute, the variable begins with its value.
      if (parameter !== undefined && !isApart) continue
      const first = parameter === undefined ? undefined : lanes.read(parameter)
      lanes.write(body.declare(hoisted, 'var'), first ?? unit.undefined())
    }
    unit.executeBody(node.body.body, body)
  } else {
    lanes.write(result, unit.evaluate(node.body, scope))
  }
  lanes.join(call.end)
  unit.source = caller
  unit.calls.pop()
  return lanes.read(result) ?? unit.undefined()
}

function takeParameters(unit: Unit, { params }: FunctionNode, args: readonly Value[], scope: Scope): void {
  for (const pattern of params) {
    for (const name of namesOf(pattern)) scope.declare(name, 'parameter')
  }
  for (const [k, pattern] of params.entries()) takeParameter(unit, pattern, k, args, scope)
}

function takeParameter(unit: Unit, pattern: Pattern, k: number, args: readonly Value[], scope: Scope): void {
  const into = declaring(unit, scope)
  if (pattern.type === 'RestElement') {
    return put(unit, pattern.argument, { kind: 'list', items: args.slice(k) }, scope, into)
  }
  return put(unit, pattern, args[k] ?? unit.undefined(), scope, into)
}
