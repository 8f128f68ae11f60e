/** The reducers of plain JavaScript, each the twin of the one of that name in crates/kernel/src/reduce. */
import { counted, type Counted, type Extreme, type Moments, type Product, type TwoTerm } from './reducer-engine.ts'
import { foldLanes, LANES, type Loader, type Reducer } from './fold.ts'
import { lastExponent, mergeTerms, productError, significandOf, sumError } from './two-term.ts'

/** Sums and sums of errors, one of each a lane. */
class TermLanes {
  readonly sums = new Float64Array(LANES)
  readonly errors = new Float64Array(LANES)

  add(lane: number, value: number, lost: number): void {
    const before = this.sums[lane] as number
    const sum = before + value
    this.sums[lane] = sum
    this.errors[lane] = (this.errors[lane] as number) + (sumError(before, value, sum) + lost)
  }

  take(): TwoTerm {
    const { sums, errors } = this
    const of = (lane: number): TwoTerm => ({ sum: sums[lane] as number, error: errors[lane] as number })
    const folded = foldLanes(of, mergeTerms)
    sums.fill(0)
    errors.fill(0)
    return folded
  }
}

/** The sum of all elements. */
export function sumReducer(): Reducer<TwoTerm> {
  const lanes = new TermLanes()
  return {
    absorb(block, count) {
      for (let i = 0; i < count; i++) lanes.add(i % LANES, block[i] as number, 0)
    },
    take: () => lanes.take(),
    merge: mergeTerms,
    isDone: undefined,
  }
}

/** The sum of products with the elements that `other` reads. */
export function dotReducer(other: Loader): Reducer<TwoTerm> {
  const lanes = new TermLanes()
  let factors = new Float64Array(0)
  return {
    absorb(block, count, start) {
      if (factors.length < count) factors = new Float64Array(count)
      other(start, factors, count)
      for (let i = 0; i < count; i++) {
        const [x, y] = [block[i] as number, factors[i] as number]
        const product = x * y
        lanes.add(i % LANES, product, productError(x, y, product))
      }
    },
    take: () => lanes.take(),
    merge: mergeTerms,
    isDone: undefined,
  }
}

/** The squares of distances `x * scale - center`. */
export function squaresReducer(center: number, scale: number): Reducer<Moments> {
  const squares = new TermLanes()
  const distances = new Float64Array(LANES)
  return {
    absorb(block, count) {
      for (let i = 0; i < count; i++) {
        const lane = i % LANES
        const distance = (block[i] as number) * scale - center
        const square = distance * distance
        squares.add(lane, square, productError(distance, distance, square))
        distances[lane] = (distances[lane] as number) + distance
      }
    },
    take() {
      const plain = foldLanes(
        (lane) => distances[lane] as number,
        (left, right) => left + right,
      )
      distances.fill(0)
      return { ...squares.take(), distances: plain }
    },
    merge: (left, right) => ({ ...mergeTerms(left, right), distances: left.distances + right.distances }),
    isDone: undefined,
  }
}

/** Whether `a` comes before `b` in the order of Math.min: NaN before all numbers, −0 before 0. */
function precedes(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return !Number.isNaN(b)
  return a < b || (a === b && Object.is(a, -0) && !Object.is(b, -0))
}

/** The smallest element, or the largest: all signs are flipped then, in the result too. */
export function extremeReducer(largest: boolean, finiteOnly: boolean): Reducer<Extreme> {
  let value = Infinity
  let index = -1
  return {
    absorb(block, count, start) {
      for (let i = 0; i < count; i++) {
        const x = block[i] as number
        if (finiteOnly && !Number.isFinite(x)) continue
        const candidate = largest ? -x : x
        if (index !== -1 && !precedes(candidate, value)) continue
        value = candidate
        index = start + i
      }
    },
    // The best so far, of all leaves: the last leaf's is the whole's.
    take: () => ({ value: largest ? -value : value, index }),
    merge: (_, right) => right,
    isDone: undefined,
  }
}

/** The product of two numbers that are significand and exponent. */
function times(left: Product, right: Product): Product {
  const product = normalised(left.significand * right.significand)
  return { significand: product.significand, exponent: left.exponent + right.exponent + product.exponent }
}

function normalised(v: number): Product {
  if (v === 0 || !Number.isFinite(v)) return { significand: v, exponent: 0 }
  const significand = significandOf(v)
  return { significand, exponent: lastExponent() }
}

const one: Product = { significand: 1, exponent: 0 }

/** The product of all elements. */
export function productReducer(): Reducer<Product> {
  let lanes = Array.from({ length: LANES }, () => one)
  return {
    absorb(block, count) {
      for (let i = 0; i < count; i++) {
        const lane = i % LANES
        lanes[lane] = times(lanes[lane] as Product, normalised(block[i] as number))
      }
    },
    take() {
      const folded = foldLanes((lane) => lanes[lane] as Product, times)
      lanes = Array.from({ length: LANES }, () => one)
      return folded
    },
    merge: times,
    isDone: undefined,
  }
}

/** How many elements are true, as JavaScript takes numbers for booleans, or are not. */
export function countReducer(what: Counted): Reducer<number> {
  const wanted = what !== counted.firstFalse
  const endsEarly = what !== counted.true
  let leaf = 0
  return {
    absorb(block, count) {
      for (let i = 0; i < count; i++) if (Boolean(block[i]) === wanted) leaf += 1
    },
    take() {
      const taken = leaf
      leaf = 0
      return taken
    },
    merge: (left, right) => left + right,
    isDone: () => endsEarly && leaf > 0,
  }
}
