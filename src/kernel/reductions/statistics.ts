/**
 * What is made of the engines' sums: totals, means, variances, norms. Written once, so that both engines give the same bits; why
 * these formulas, and how accurate they are, is in docs/numerics.md.
 */
import type { Numbers, ReducerEngine, TwoTerm } from './reducer-engine.ts'
import { lastExponent, powerOfTwo, significandOf } from './two-term.ts'

/** A sum with its error; a plain sum that is not finite is the result. */
export function total({ sum, error }: TwoTerm): number {
  return Number.isFinite(sum) && Number.isFinite(error) ? sum + error : sum
}

/** Below, squares lose bits to underflow, or all of them. */
const SMALLEST_SQUARES = 2 ** -900

/** Whether the sum of squares neither overflowed nor underflowed. */
function isInRange(squares: TwoTerm): boolean {
  return squares.sum >= SMALLEST_SQUARES && squares.sum < Infinity
}

/** The largest |x|: NaN if there is one. */
function largestSize(engine: ReducerEngine, x: Numbers): number {
  return Math.max(Math.abs(engine.extreme(x, false, false).value), Math.abs(engine.extreme(x, true, false).value))
}

/** The power of two that brings numbers of at most that size, which is finite and not 0, to below 2. */
function scaleFor(size: number): number {
  significandOf(size)
  return powerOfTwo(Math.min(1000, Math.max(-1022, -lastExponent())))
}

/** The square root of the sum of squares. */
export function normOf(engine: ReducerEngine, x: Numbers): number {
  const squares = engine.squares(x, 0, 1)
  if (isInRange(squares)) return Math.sqrt(total(squares))
  if (x.length === 0) return 0
  const size = largestSize(engine, x)
  if (size === 0 || !Number.isFinite(size)) return size
  const scale = scaleFor(size)
  return Math.sqrt(total(engine.squares(x, 0, scale))) / scale
}

/** Σ(x − mean)² in units of scale². */
interface Spread {
  readonly squares: number
  readonly scale: number
}

/**
 * Two passes: distances from the rounded mean, corrected for what the mean was rounded by. @see Chan, Golub and LeVeque,
 * "Algorithms for computing the sample variance", 1983
 */
function spreadOf(engine: ReducerEngine, x: Numbers): Spread {
  const mean = total(engine.sum(x, true)) / x.length
  if (Number.isFinite(mean)) {
    const moments = engine.squares(x, mean, 1)
    if (isInRange(moments)) return { squares: corrected(total(moments), moments.distances, x.length), scale: 1 }
  }
  const size = largestSize(engine, x)
  if (size === 0 || !Number.isFinite(size)) return { squares: size === 0 ? 0 : NaN, scale: 1 }
  const scale = scaleFor(size)
  const center = engine.squares(x, 0, scale).distances / x.length
  const moments = engine.squares(x, center, scale)
  return { squares: corrected(total(moments), moments.distances, x.length), scale }
}

function corrected(squares: number, distances: number, count: number): number {
  return Math.max(0, squares - (distances * distances) / count)
}

/** Σ(x − mean)² / (n − ddof); NaN unless n > ddof. */
export function varianceOf(engine: ReducerEngine, x: Numbers, ddof: number): number {
  if (x.length <= ddof) return NaN
  const { squares, scale } = spreadOf(engine, x)
  return squares / (x.length - ddof) / scale / scale
}

/** The square root of the variance; in range where the variance is not. */
export function deviationOf(engine: ReducerEngine, x: Numbers, ddof: number): number {
  if (x.length <= ddof) return NaN
  const { squares, scale } = spreadOf(engine, x)
  return Math.sqrt(squares / (x.length - ddof)) / scale
}
