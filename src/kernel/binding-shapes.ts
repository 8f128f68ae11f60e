/** What is bound to the names of a kernel, as far as it matters for compiling, and its value. */
import { kernelWithoutText, reasons } from '../errors/index.ts'
import type { BindingShape, BindingShapes } from './compiled-source.ts'
import { builtinName, DEPTH, textOfFunction } from './compiler/index.ts'
import { operationOf } from './element-wise.ts'
import { isCompiled, type BoundValue, type BuiltInOperation, type Operation } from './operation.ts'

/** @throws KernelError `ERR_KERNEL_UNSUPPORTED` where a function has no text, or kernels are bound in one another deeper than calls may nest */
export function shapesOf(bindings: ReadonlyMap<string, BoundValue>, depth = 0): BindingShapes {
  const shapes = new Map<string, BindingShape>()
  for (const [name, value] of bindings) shapes.set(name, shapeOf(name, value, depth))
  return shapes
}

/** The value at a path: a name, or, of what a bound kernel was made with, the name of that kernel and then the name there. */
export function valueAt(bindings: ReadonlyMap<string, BoundValue>, path: string): BoundValue | undefined {
  const [name = '', ...inner] = path.split('.')
  const value = bindings.get(name)
  if (inner.length === 0 || typeof value !== 'function') return value
  const operation = operationOf(value)
  return operation !== undefined && isCompiled(operation) ? valueAt(operation.bindings, inner.join('.')) : undefined
}

function shapeOf(name: string, value: BoundValue, depth: number): BindingShape {
  switch (typeof value) {
    case 'number':
      return { is: 'number', value }
    case 'boolean':
      return { is: 'boolean', value }
    case 'function': {
      const operation = operationOf(value)
      if (operation !== undefined) {
        if (depth === DEPTH) throw kernelWithoutText(name, reasons.depth(DEPTH))
        return kernelShape(operation, depth)
      }
      const builtin = builtinName(value)
      return builtin === undefined ? { is: 'function', ...textOfFunction(value) } : { is: 'builtin', name: builtin }
    }
    default:
      return { is: 'table' }
  }
}

function kernelShape(operation: Operation, depth: number): BindingShape {
  const { name, arity } = operation
  if (!isCompiled(operation)) return { is: 'kernel', name, arity, hasIndex: false, ...formulaOf(operation) }
  const { hasIndex, functionText: text, bindings, isBuiltin } = operation
  return { is: 'kernel', name, arity, hasIndex, text, bindings: isBuiltin ? null : shapesOf(bindings, depth + 1) }
}

/** Of built-in kernels that are no function of Math: their own functions, once bundled, may name what only the bundle has. */
const formulas: Readonly<Record<string, string | null>> = {
  __proto__: null,
  square: '(v) => v * v',
  cube: '(v) => v * v * v',
  add: '(a, b) => a + b',
  sub: '(a, b) => a - b',
  mul: '(a, b) => a * b',
  div: '(a, b) => a / b',
  mod: '(x, y) => x % y',
  neg: '(x) => -x',
  reciprocal: '(x) => 1 / x',
  clamp: '(x, low, high) => Math.min(Math.max(x, low), high)',
  axpy: '(a, x, y) => a * x + y',
  where: '(condition, x, y) => condition ? x : y',
}

/** Where Math has another name for a kernel's function. */
const namesInMath: Readonly<Record<string, string | null>> = { __proto__: null, maximum: 'max', minimum: 'min' }

function formulaOf({ name }: BuiltInOperation): { readonly text: string; readonly bindings: BindingShapes | null } {
  const text = formulas[name]
  return typeof text !== 'string'
    ? { text: `Math.${namesInMath[name] ?? name}`, bindings: null }
    : { text, bindings: new Map() }
}
