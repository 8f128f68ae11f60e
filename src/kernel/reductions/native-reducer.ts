/** Reductions on the native pool. */
import { fromNative } from '../../errors/index.ts'
import type { ArrayView } from '../../memory/index.ts'
import { handed, placeOf, type Binding, type Handed } from '../../native/index.ts'
import { plainReducer } from './plain-reducer.ts'
import type { ReducerEngine } from './reducer-engine.ts'

/** What the addon throws, in the tree of this package. */
function asked<R>(question: () => R): R {
  try {
    return question()
  } catch (error) {
    throw fromNative(error)
  }
}

/** The array as the addon takes it: its memory, its place there, its length. */
function memoryOf(x: ArrayView): [Handed, number, number] {
  return [handed(x), placeOf(x), x.length]
}

/** Up to this many elements plain JavaScript is done before a call of the addon has begun; the bits are the same. */
const TINY = 64

function isTiny(x: ArrayView): boolean {
  return x.length <= TINY
}

/** The engine over this addon. */
export function nativeReducer(binding: Binding): ReducerEngine {
  return {
    sum: (x, compensated) =>
      isTiny(x) ? plainReducer.sum(x, compensated) : asked(() => binding.reduceSum(...memoryOf(x), compensated)),
    squares: (x, center, scale) => asked(() => binding.reduceSquares(...memoryOf(x), center, scale)),
    dot: (x, y, compensated) => asked(() => binding.reduceDot(...memoryOf(x), ...memoryOf(y), compensated)),
    extreme: (x, largest, finiteOnly) =>
      isTiny(x)
        ? plainReducer.extreme(x, largest, finiteOnly)
        : asked(() => binding.reduceExtreme(...memoryOf(x), largest, finiteOnly)),
    product: (x) => asked(() => binding.reduceProduct(...memoryOf(x))),
    exactSum: (x) => asked(() => binding.reduceExactSum(...memoryOf(x))),
    count: (x, what) => asked(() => binding.reduceCount(...memoryOf(x), what)),
    histogram: (x, edges) => asked(() => binding.reduceHistogram(...memoryOf(x), edges)),
    bigintSum: (x) => asked(() => binding.reduceBigintSum(...memoryOf(x))),
    bigintProduct: (x) => asked(() => binding.reduceBigintProduct(...memoryOf(x))),
    bigintDot: (x, y) => asked(() => binding.reduceBigintDot(...memoryOf(x), ...memoryOf(y))),
    bigintExtreme: (x, largest) => asked(() => binding.reduceBigintExtreme(...memoryOf(x), largest)),
  }
}
