/** Reductions on the native pool. */
import { fromNative } from '../../errors/index.ts'
import type { ArrayView } from '../../memory/index.ts'
import { allHanded, type Binding, type HandedNumbers } from '../../native/index.ts'
import { plainReducer } from './plain-reducer.ts'
import { elementsOf, type Numbers, type ReducerEngine } from './reducer-engine.ts'

/** What the addon throws, in the tree of this package. */
function asked<R>(question: () => R): R {
  try {
    return question()
  } catch (error) {
    throw fromNative(error)
  }
}

/** Numbers as the addon takes them: what is computed or null, the length, and each operand with its place. */
function handedNumbers({ operation, program, length, operands }: Numbers): HandedNumbers {
  return [program ?? operation?.code ?? null, length, ...allHanded(operands)]
}

/** An array of bigints as the addon takes it. */
function handedBigints(x: ArrayView): HandedNumbers {
  return handedNumbers(elementsOf(x))
}

/** Up to this many elements plain JavaScript is done before a call of the addon has begun; the bits are the same. */
const TINY = 64

function isTiny(x: Numbers): boolean {
  return x.length <= TINY && x.program === undefined
}

/** The engine over this addon. */
export function nativeReducer(binding: Binding): ReducerEngine {
  return {
    sum: (x, compensated) =>
      isTiny(x) ? plainReducer.sum(x, compensated) : asked(() => binding.reduceSum(handedNumbers(x), compensated)),
    squares: (x, center, scale) => asked(() => binding.reduceSquares(handedNumbers(x), center, scale)),
    dot: (x, y, compensated) => asked(() => binding.reduceDot(handedNumbers(x), handedNumbers(y), compensated)),
    extreme: (x, largest, finiteOnly) =>
      isTiny(x)
        ? plainReducer.extreme(x, largest, finiteOnly)
        : asked(() => binding.reduceExtreme(handedNumbers(x), largest, finiteOnly)),
    product: (x) => asked(() => binding.reduceProduct(handedNumbers(x))),
    exactSum: (x) => asked(() => binding.reduceExactSum(handedNumbers(x))),
    count: (x, what) => asked(() => binding.reduceCount(handedNumbers(x), what)),
    histogram: (x, edges, counts) => asked(() => binding.reduceHistogram(handedNumbers(x), edges, counts)),
    bigintSum: (x) => asked(() => binding.reduceBigintSum(handedBigints(x))),
    bigintProduct: (x) => asked(() => binding.reduceBigintProduct(handedBigints(x))),
    bigintDot: (x, y) => asked(() => binding.reduceBigintDot(handedBigints(x), handedBigints(y))),
    bigintExtreme: (x, largest) => asked(() => binding.reduceBigintExtreme(handedBigints(x), largest)),
  }
}
