/**
 * Reductions of what a kernel makes of its operands: `square.sum(xs)` has the bits of `sum(square(xs))` in float64. That is one pass, in
 * which the results reach no memory; only those of a compiled kernel in plain JavaScript pass through an array.
 */
import { wrongArguments } from '../../errors/index.ts'
import type { ArrayView } from '../../memory/index.ts'
import { readCall, signatureOf, type Call, type Signature, type SyncOptions } from '../call.ts'
import type { Engine } from '../engine.ts'
import { isCompiled, type Operation } from '../operation.ts'
import type { ReductionName } from './names.ts'
import { reducer } from './reducer.ts'
import { counted, elementsOf, type Numbers } from './reducer-engine.ts'
import { deviationOf, normOf, total, varianceOf } from './statistics.ts'
import { scaled } from './two-term.ts'

/** What each method gives of the results. */
const reductions: Readonly<Record<ReductionName, (x: Numbers) => number | boolean>> = {
  sum: (x) => total(reducer.sum(x, true)),
  mean: (x) => total(reducer.sum(x, true)) / x.length,
  variance: (x) => varianceOf(reducer, x, 0),
  std: (x) => deviationOf(reducer, x, 0),
  norm: (x) => normOf(reducer, x),
  min: (x) => reducer.extreme(x, false, false).value,
  max: (x) => reducer.extreme(x, true, false).value,
  argMin: (x) => reducer.extreme(x, false, false).index,
  argMax: (x) => reducer.extreme(x, true, false).index,
  count: (x) => reducer.count(x, counted.true),
  any: (x) => reducer.count(x, counted.firstTrue) > 0,
  all: (x) => reducer.count(x, counted.firstFalse) === 0,
  prod(x) {
    const { significand, exponent } = reducer.product(x)
    return scaled(significand, exponent)
  },
}

/** Of each kernel's methods, made at their first calls. */
const signatures = new WeakMap<Operation, Partial<Record<ReductionName, Signature>>>()

function signatureOfMethod(operation: Operation, name: ReductionName): Signature {
  let made = signatures.get(operation)
  if (made === undefined) signatures.set(operation, (made = { __proto__: null } as object))
  return (made[name] ??= {
    ...signatureOf({ ...operation, name: `${operation.name}.${name}` }),
    inTwoSteps: `${name}(${operation.name}(${operation.arity === 1 ? 'xs' : 'xs, ys'}${operation.arity > 2 ? ', …' : ''}))`,
  })
}

/** Results are computed, and reduced, in float64, whatever the dtypes of the operands. */
const asNumbers: SyncOptions = { out: undefined, dtype: 'float64' }

/** The operands of `kernel.sum(...args)`. @throws as a call of the kernel does, and ArrayError `ERR_DTYPE` for bigints */
function readNumbers(
  operation: Operation,
  signature: Signature,
  { fused }: Engine,
  evaluate: (operation: Operation, call: Call) => ArrayView,
  args: readonly unknown[],
): Numbers {
  const { arity } = operation
  if (args.length > arity) throw wrongArguments(signature.call, arity, args.length, arity, args[arity])
  const given = Array.from({ length: arity }, (_, n) => args[n])
  const call = readCall(signature, given, asNumbers, arity + 1)
  const { operands, length } = call
  if (!isCompiled(operation)) return { operation, program: undefined, operands, length }
  const program = fused(operation, operands)
  return program === undefined
    ? elementsOf(evaluate(operation, call))
    : { operation: undefined, program, operands, length }
}

/**
 * `kernel.sum(...args)`, or another reduction of what the kernel makes.
 * @param evaluate one call of the kernel, into a new array
 */
export function reduceResults(
  name: ReductionName,
  operation: Operation,
  args: readonly unknown[],
  engine: Engine,
  evaluate: (operation: Operation, call: Call) => ArrayView,
): number | boolean {
  return reductions[name](readNumbers(operation, signatureOfMethod(operation, name), engine, evaluate, args))
}
