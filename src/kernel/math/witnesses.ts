/**
 * Arguments on which engines that compute a function by other formulas, or with fused operations, give other bits: random ones, since
 * other formulas differ for a few in a hundred arguments and fused operations for one in a hundred to one in two thousand.
 */
import type { OpName } from '../program/index.ts'

/** Arguments of a function. */
const COUNT = 2048

type Range = readonly [from: number, to: number]

/** Where the arguments of each function are; from −4 to 4 where it is not named. */
const ranges = {
  __proto__: null,
  acos: [[-1, 1]],
  acosh: [[1, 10]],
  asin: [[-1, 1]],
  atan2: [
    [-4, 4],
    [-4, 4],
  ],
  atanh: [[-1, 1]],
  cos: [[-100, 100]],
  exp: [[-50, 50]],
  log: [[0, 10]],
  log10: [[0, 10]],
  log1p: [[-0.9, 10]],
  log2: [[0, 10]],
  power: [
    [0, 10],
    [-4, 4],
  ],
  sin: [[-100, 100]],
  tan: [[-100, 100]],
} as { readonly [op in OpName]?: readonly [a: Range, b?: Range] }

/**
 * Arguments beside the random ones. A glibc that does not find fused operations, or another C library, gives other bits for one `**` in a
 * thousand: these tell.
 */
const chosen = {
  __proto__: null,
  power: [
    [18, 17],
    [36, 17],
    [72, 17],
    [7.277515788374165, -3.6017138920018086],
    [8.37525972772641, -1.409979258605711],
  ],
} as { readonly [op in OpName]?: readonly (readonly [a: number, b: number])[] }

/** Numbers of [0, 1) with 53 bits, the same at every time: two steps of Marsaglia's xorshift each. */
function randomNumbers(): () => number {
  let state = 0x2545f491
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return () => (next() * 2_097_152 + (next() >>> 11)) / 9_007_199_254_740_992
}

/** The arguments of a function: the first operands, and the second for those that have two. */
export function witnessesOf(op: OpName): readonly [a: Float64Array, b: Float64Array] {
  const random = randomNumbers()
  const usual: Range = [-4, 4]
  const column = ([from, to]: Range): Float64Array =>
    Float64Array.from({ length: COUNT }, () => from + (to - from) * random())
  const [a, b] = ranges[op] ?? [usual]
  const more = chosen[op] ?? []
  return [
    Float64Array.of(...column(a), ...more.map(([first]) => first)),
    Float64Array.of(...column(b ?? usual), ...more.map(([, second]) => second)),
  ]
}
