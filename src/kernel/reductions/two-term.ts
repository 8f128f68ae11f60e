/**
 * Sums and products with their rounding errors, bit for bit those of crates/kernel/src/reduce/two_term.rs. JavaScript has no fused
 * multiply-add: the error of a product is found by splitting significands, not doubles, so no factor is too large for it.
 */
import type { TwoTerm } from './reducer-engine.ts'

/** What `sum`, which is `a + b` rounded, lacks of a + b. @see Knuth, TAOCP 2, 4.2.2 */
export function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a
  return a - (sum - bPart) + (b - bPart)
}

/** Two neighbouring subtrees as one. */
export function mergeTerms(left: TwoTerm, right: TwoTerm): TwoTerm {
  const sum = left.sum + right.sum
  return { sum, error: left.error + right.error + sumError(left.sum, right.sum, sum) }
}

const doubles = new Float64Array(1)
const words = new Uint32Array(doubles.buffer)
/** Where the word with sign and exponent is: last on every machine that Node runs on but one. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0
const MIN_NORMAL = 2 ** -1022

/** The exponent of the last number given to `significandOf`. */
let exponentFound = 0

/** A finite number other than 0 as significand in [1, 2), with its sign, and exponent: exact. The exponent is `lastExponent()`. */
export function significandOf(v: number): number {
  const isSmall = Math.abs(v) < MIN_NORMAL
  doubles[0] = isSmall ? v * 2 ** 54 : v
  const high = words[HIGH] as number
  exponentFound = ((high >>> 20) & 0x7ff) - (isSmall ? 1077 : 1023)
  words[HIGH] = (high & 0x800fffff) | 0x3ff00000
  return doubles[0] as number
}

/** The exponent that belongs to the last significand. */
export function lastExponent(): number {
  return exponentFound
}

/** 2 ** exponent, for an exponent from −1022 to 1023. */
export function powerOfTwo(exponent: number): number {
  words[1 - HIGH] = 0
  words[HIGH] = (exponent + 1023) << 20
  return doubles[0] as number
}

/** `v * 2 ** exponent`, rounded once, for |v| in [1, 2); zero, infinities and NaN stay what they are. */
export function scaled(v: number, exponent: number): number {
  if (v === 0 || !Number.isFinite(v)) return v
  if (exponent > 1023) return v * Infinity
  if (exponent >= -1022) return v * powerOfTwo(exponent)
  // Below half of the smallest number: as far below as a power of two reaches. The first product is exact, only the second rounds.
  return v * MIN_NORMAL * powerOfTwo(Math.max(exponent, -1100) + 1022)
}

/**
 * What `product`, which is `x * y` rounded, lacks of x * y: rounded once, which it needs only where it is subnormal. Of no
 * meaning where the product is not finite.
 */
export function productError(x: number, y: number, product: number): number {
  const size = Math.abs(product)
  // Half of the smallest number at most, which rounds to zero.
  if (!(size > MIN_NORMAL && size < Infinity)) return 0
  const a = significandOf(x)
  let exponent = exponentFound
  const b = significandOf(y)
  exponent += exponentFound
  // Halves of 26 bits, by rounding to multiples of 2^-25: all products of halves are exact.
  const aHigh = Math.floor(a * 2 ** 25 + 0.5) * 2 ** -25
  const aLow = a - aHigh
  const bHigh = Math.floor(b * 2 ** 25 + 0.5) * 2 ** -25
  const bLow = b - bHigh
  const error = aLow * bLow - (a * b - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
  // The error has at least 2^-104 if anything, so halving it is exact.
  return exponent < -1022 ? error * 0.5 * powerOfTwo(exponent + 1) : error * powerOfTwo(exponent)
}
