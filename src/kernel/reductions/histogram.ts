/** The edges of a histogram's bins: made once, here, so that both engines count by the same ones. */
import { tooManyBins } from '../../errors/index.ts'
import { dtypeByName, type DTypeInfo } from '../../memory/index.ts'
import type { HistogramManner } from './read-arguments.ts'
import type { Numbers, ReducerEngine } from './reducer-engine.ts'
import type { Histogram } from './types.ts'

/** Counts the elements of `x` between edges. @throws ArrayError `ERR_OUT_OF_MEMORY` */
export function histogramOf(engine: ReducerEngine, x: Numbers, { bins, range }: HistogramManner): Histogram {
  // Both at first: to write the edges takes seconds where there are very many.
  const [counts, edges] = [numbers(bins, bins), numbers(bins + 1, bins)]
  const [low, high] = range ?? rangeOf(engine, x)
  writeEdges(edges, low, high, bins)
  engine.histogram(x, edges, counts)
  return { counts, edges }
}

/** From the smallest finite element to the largest; [0, 1] without any, and half a unit to both sides of a single value. */
function rangeOf(engine: ReducerEngine, x: Numbers): [number, number] {
  const low = engine.extreme(x, false, true)
  const high = engine.extreme(x, true, true)
  if (low.index === -1) return [0, 1]
  return low.value < high.value ? [low.value, high.value] : [low.value - 0.5, high.value + 0.5]
}

/** Zeros. @throws ArrayError `ERR_OUT_OF_MEMORY` */
function numbers(length: number, bins: number): Float64Array {
  try {
    return (dtypeByName('float64') as DTypeInfo).create(length) as Float64Array
  } catch (cause) {
    throw tooManyBins(bins, cause)
  }
}

function writeEdges(edges: Float64Array, low: number, high: number, bins: number): void {
  const width = high - low
  for (let i = 0; i <= bins; i++) {
    const part = i / bins
    // A width that overflows is taken by halves. Rounding must not put an edge beyond the last.
    edges[i] = Math.min(high, width < Infinity ? low + width * part : 2 * (low / 2 + (high / 2 - low / 2) * part))
  }
  edges[bins] = high
}
