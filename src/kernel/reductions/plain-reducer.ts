/** Reductions in plain JavaScript, on the calling thread. */
import type { ArrayView } from '../../memory/index.ts'
import { ExactAccumulator } from './exact-accumulator.ts'
import { inBlocks, loaderOf, reduce } from './fold.ts'
import type { ReducerEngine } from './reducer-engine.ts'
import { countReducer, dotReducer, extremeReducer, productReducer, squaresReducer, sumReducer } from './reducers.ts'

const zero = { sum: 0, error: 0 }

/** The bigints of an array; both dtypes give values, and differ in nothing else here. */
function bigintsOf({ array }: ArrayView): BigInt64Array {
  return array as BigInt64Array
}

/** The last bin whose lower edge is not above `x`, which lies between the first edge and the last. */
function binOf(x: number, edges: Float64Array): number {
  let low = 0
  let high = edges.length - 1
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((edges[middle] as number) <= x) low = middle
    else high = middle
  }
  return low
}

/** Plain JavaScript. */
export const plainReducer: ReducerEngine = {
  // The plain sum is the same whether the errors are looked at or not.
  sum: (x) => reduce(x, sumReducer()) ?? zero,
  squares: (x, center, scale) => reduce(x, squaresReducer(center, scale)) ?? { ...zero, distances: 0 },
  dot: (x, y) => reduce(x, dotReducer(loaderOf(y))) ?? zero,
  extreme: (x, largest, finiteOnly) =>
    reduce(x, extremeReducer(largest, finiteOnly)) ?? { value: largest ? -Infinity : Infinity, index: -1 },
  product: (x) => reduce(x, productReducer()) ?? { significand: 1, exponent: 0 },
  exactSum(x) {
    const sum = new ExactAccumulator()
    inBlocks(x, (block, count) => {
      for (let i = 0; i < count; i++) sum.add(block[i] as number)
    })
    return sum.rounded()
  },
  count: (x, what) => reduce(x, countReducer(what)) ?? 0,
  histogram(x, edges, counts) {
    const [low, high] = [edges[0] as number, edges.at(-1) as number]
    inBlocks(x, (block, count) => {
      for (let i = 0; i < count; i++) {
        const value = block[i] as number
        if (!(value >= low && value <= high)) continue
        const bin = binOf(value, edges)
        counts[bin] = (counts[bin] as number) + 1
      }
    })
  },
  bigintSum(x) {
    const bigints = bigintsOf(x)
    let sum = 0n
    for (let i = 0; i < x.length; i++) sum += bigints[i] as bigint
    return sum
  },
  bigintProduct(x) {
    const bigints = bigintsOf(x)
    let product = 1n
    for (let i = 0; i < x.length; i++) product = BigInt.asIntN(64, product * (bigints[i] as bigint))
    return product
  },
  bigintDot(x, y) {
    const [left, right] = [bigintsOf(x), bigintsOf(y)]
    let sum = 0n
    for (let i = 0; i < x.length; i++) sum = BigInt.asIntN(64, sum + (left[i] as bigint) * (right[i] as bigint))
    return sum
  },
  bigintExtreme(x, largest) {
    const bigints = bigintsOf(x)
    if (x.length === 0) return null
    let index = 0
    for (let i = 1; i < x.length; i++) {
      const [value, best] = [bigints[i] as bigint, bigints[index] as bigint]
      if (largest ? value > best : value < best) index = i
    }
    return { value: bigints[index] as bigint, index }
  },
}
