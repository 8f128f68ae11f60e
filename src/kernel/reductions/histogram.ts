/** The edges of a histogram's bins: made once, here, so that both engines count by the same ones. */
import { allocate, dtypeByName, type DTypeInfo } from '../../memory/index.ts'
import type { HistogramManner } from './read-arguments.ts'
import type { Numbers, ReducerEngine } from './reducer-engine.ts'
import type { Histogram } from './types.ts'

/** Counts the elements of `x` between edges. @throws ArrayError `ERR_OUT_OF_MEMORY` */
export function histogramOf(engine: ReducerEngine, x: Numbers, { bins, range }: HistogramManner): Histogram {
  const [low, high] = range ?? rangeOf(engine, x)
  const edges = edgesBetween(low, high, bins)
  const counts = numbers(bins)
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
function numbers(length: number): Float64Array {
  return allocate(dtypeByName('float64') as DTypeInfo, length).array as Float64Array
}

function edgesBetween(low: number, high: number, bins: number): Float64Array {
  const edges = numbers(bins + 1)
  const width = high - low
  for (let i = 0; i <= bins; i++) {
    const part = i / bins
    // A width that overflows is taken by halves. Rounding must not put an edge beyond the last.
    edges[i] = Math.min(high, width < Infinity ? low + width * part : 2 * (low / 2 + (high / 2 - low / 2) * part))
  }
  edges[bins] = high
  return edges
}
