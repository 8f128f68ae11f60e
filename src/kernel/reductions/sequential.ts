/** Sums from the first element to the last, as a loop over the array makes them, bit for bit. */
import { inBlocks, loaderOf } from './fold.ts'
import type { Numbers } from './reducer-engine.ts'

/** `let s = 0; for (const v of x) s += v` */
export function sequentialSum(x: Numbers): number {
  let sum = 0
  inBlocks(x, (block, count) => {
    for (let i = 0; i < count; i++) sum += block[i] as number
  })
  return sum
}

/** `let s = 0; for (const i of x.keys()) s += x[i] * y[i]` */
export function sequentialDot(x: Numbers, y: Numbers): number {
  const loadAt = loaderOf(y)
  let factors: Float64Array | undefined
  let sum = 0
  inBlocks(x, (block, count, start) => {
    factors ??= new Float64Array(count)
    loadAt(start, factors, count)
    for (let i = 0; i < count; i++) sum += (block[i] as number) * (factors[i] as number)
  })
  return sum
}
