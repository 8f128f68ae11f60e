/** Reductions on the native pool. */
import { fromNative } from '../../errors/index.ts'
import type { ArrayView } from '../../memory/index.ts'
import { handed, type Binding } from '../../native/index.ts'
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

/** Up to this many elements plain JavaScript is done before a call of the addon has begun; the bits are the same. */
const TINY = 64

function isTiny(x: ArrayView): boolean {
  return x.length <= TINY
}

/** The engine over this addon. */
export function nativeReducer(binding: Binding): ReducerEngine {
  return {
    sum: (x, compensated) =>
      isTiny(x) ? plainReducer.sum(x, compensated) : asked(() => binding.reduceSum(handed(x), compensated)),
    squares: (x, center, scale) => asked(() => binding.reduceSquares(handed(x), center, scale)),
    dot: (x, y, compensated) => asked(() => binding.reduceDot(handed(x), handed(y), compensated)),
    extreme: (x, largest, finiteOnly) =>
      isTiny(x)
        ? plainReducer.extreme(x, largest, finiteOnly)
        : asked(() => binding.reduceExtreme(handed(x), largest, finiteOnly)),
    product: (x) => asked(() => binding.reduceProduct(handed(x))),
    exactSum: (x) => asked(() => binding.reduceExactSum(handed(x))),
    count: (x, what) => asked(() => binding.reduceCount(handed(x), what)),
    histogram: (x, edges) => asked(() => binding.reduceHistogram(handed(x), edges)),
    bigintSum: (x) => asked(() => binding.reduceBigintSum(handed(x))),
    bigintProduct: (x) => asked(() => binding.reduceBigintProduct(handed(x))),
    bigintDot: (x, y) => asked(() => binding.reduceBigintDot(handed(x), handed(y))),
    bigintExtreme: (x, largest) => asked(() => binding.reduceBigintExtreme(handed(x), largest)),
  }
}
