/** The types of reductions: what a caller sees. */
import type { NumericArray } from '../../memory/index.ts'

/** What an element is: a bigint where the array holds bigints. */
export type ElementOf<A extends NumericArray> = A extends BigInt64Array | BigUint64Array ? bigint : number

/** How a sum is made. */
export interface SumOptions {
  /**
   * `'fixed'` (default): a tree whose shape depends on the length alone, so the same bits for any number of cores.
   * `'sequential'`: from the first element to the last, the bits of a loop `s += x[i]`; on one core, not compensated.
   */
  order?: 'fixed' | 'sequential'
  /** Whether what rounding loses is kept and added at the end (default true); false: the plain tree, which is faster. */
  compensated?: boolean
}

/** How a variance is made. */
export interface VarianceOptions {
  /** Subtracted from the number of elements before dividing (default 0); 1 for a sample of a population. */
  ddof?: number
}

/** How a histogram is made. */
export interface HistogramOptions {
  /** The number of bins, all of one width (default 10). */
  bins?: number
  /** The first and the last edge (default: the smallest and the largest finite element). */
  range?: readonly [low: number, high: number]
}

/** How many elements lie between edges. */
export interface Histogram {
  /** Bin i has the elements with `edges[i] <= x < edges[i + 1]`; the last one has `x === edges[bins]` too. */
  readonly counts: Float64Array
  /** One more than there are bins, ascending. */
  readonly edges: Float64Array
}
