/**
 * Medians, quartiles, and how sure we are of a ratio or a difference of two medians. Knows nothing of time.
 *
 * Samples of two contenders are paired by the round that they come from: a resample takes whole rounds, so what disturbed
 * both alike does not widen the interval. The generator is seeded: the same samples give the same interval.
 */

/** A figure and the interval that holds 95 % of its resamples. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
  /** How many samples of each contender it rests on. */
  readonly samples: number
}

const RESAMPLES = 1000

/** The value below which a share `p` of the values lies, interpolated; NaN of no values. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).toSorted()
  const place = p * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  const share = place - Math.floor(place)
  // The middle one alone, so that infinities do not make a NaN, and rounding no value outside its neighbours.
  return share === 0 || below === above ? below : Math.min(above, below + (above - below) * share)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The median with its quartiles as interval. */
export function middleHalf(values: readonly number[]): Estimate {
  return { value: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75), samples: values.length }
}

/** median(above) / median(below), of samples paired by their index. */
export function ratioOfMedians(above: readonly number[], below: readonly number[]): Estimate {
  return bootstrap([above, below], ([a = [], b = []]) => median(a) / median(b))
}

/** median(from) − median(what), of samples paired by their index. */
export function differenceOfMedians(from: readonly number[], what: readonly number[]): Estimate {
  return bootstrap([from, what], ([a = [], b = []]) => median(a) - median(b))
}

/** What `figure` gives for the samples, and for resamples of the rounds. */
export function bootstrap(
  samples: ReadonlyArray<readonly number[]>,
  figure: (samples: ReadonlyArray<readonly number[]>) => number,
): Estimate {
  const rounds = Math.min(...samples.map((values) => values.length))
  const random = generator(rounds)
  const figures = Array.from({ length: RESAMPLES }, () => {
    const picked = Array.from({ length: rounds }, () => Math.floor(random() * rounds))
    return figure(samples.map((values) => picked.map((round) => values[round] ?? Number.NaN)))
  })
  return { value: figure(samples), low: quantile(figures, 0.025), high: quantile(figures, 0.975), samples: rounds }
}

/** Numbers from 0 to below 1, the same ones for the same seed: a Weyl sequence, mixed by multiplication and shifts. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}
