/**
 * The exact sum of doubles, rounded once at the end: a fixed-point number that holds any sum of doubles, in digits of 32 bits.
 * Each digit is a double, so that some two million elements are added before carries must move. The native twin is
 * crates/kernel/src/reduce/exact.rs; both are correctly rounded, so they need not work alike.
 *
 * @see Kulisch, "Very fast and exact accumulation of products", 2011
 */

const DIGIT = 2 ** 32

/** The lowest digit begins at 2^-1074; the highest holds sums of 2^53 of the largest doubles and the sign. */
const DIGITS = 69

/** Additions, each below 2^32 in every digit, for which a digit of 53 bits has room; a margin for what carrying leaves. */
const ROOM = 2 ** 20

const doubles = new Float64Array(1)
const bits = new BigUint64Array(doubles.buffer)
const words = new Uint32Array(doubles.buffer)
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

export class ExactAccumulator {
  readonly #digits = new Float64Array(DIGITS)
  #room = ROOM
  /** The sum of what is not finite: NaN or an infinity; 0 without any. */
  #special = 0

  /** Adds one number. */
  add(x: number): void {
    if (!Number.isFinite(x)) {
      this.#special += x
      return
    }
    doubles[0] = x
    const low = words[1 - HIGH] as number
    const high = words[HIGH] as number
    const field = (high >>> 20) & 0x7ff
    // A subnormal number has no leading bit, and the exponent of the smallest normal one.
    const top = field === 0 ? high & 0xfffff : (high & 0xfffff) | 0x100000
    const position = field === 0 ? 0 : field - 1
    const first = position >>> 5
    const shift = position & 31
    const sign = x < 0 ? -1 : 1
    const digits = this.#digits
    // The upper part of a word that was shifted, by numbers: a shift by 32 is none.
    digits[first] = (digits[first] as number) + sign * ((low << shift) >>> 0)
    const middle = Math.floor((low * 2 ** shift) / DIGIT) + ((top << shift) >>> 0)
    digits[first + 1] = (digits[first + 1] as number) + sign * middle
    digits[first + 2] = (digits[first + 2] as number) + sign * Math.floor((top * 2 ** shift) / DIGIT)
    if (--this.#room === 0) this.#carry()
  }

  /** Moves what exceeds a digit to the next: each is then in [0, 2^32), but for the highest, which has the sign. */
  #carry(): void {
    const digits = this.#digits
    let carried = 0
    for (let i = 0; i < DIGITS - 1; i++) {
      const value = (digits[i] as number) + carried
      carried = Math.floor(value / DIGIT)
      digits[i] = value - carried * DIGIT
    }
    digits[DIGITS - 1] = (digits[DIGITS - 1] as number) + carried
    this.#room = ROOM
  }

  /** The nearest double, ties to even; infinite beyond the largest by half a unit or more. No sum is −0. */
  rounded(): number {
    if (this.#special !== 0) return this.#special
    this.#carry()
    let sum = 0n
    for (let i = DIGITS - 1; i >= 0; i--) sum = (sum << 32n) + BigInt(this.#digits[i] as number)
    return sum < 0n ? -roundedMagnitude(-sum) : roundedMagnitude(sum)
  }
}

/** The nearest double to `units` * 2^-1074. */
function roundedMagnitude(units: bigint): number {
  const excess = BigInt(Math.max(0, units.toString(2).length - 53))
  const kept = units >> excess
  // A number of 53 bits or fewer from 2^-1074 on is its own encoding; each power above adds one to the exponent field.
  let encoded = kept + (excess << 52n)
  const rest = units - (kept << excess)
  const half = excess === 0n ? 0n : 1n << (excess - 1n)
  if (rest > half || (rest === half && rest > 0n && (kept & 1n) === 1n)) encoded += 1n
  const infinity = 0x7ffn << 52n
  bits[0] = encoded < infinity ? encoded : infinity
  return doubles[0] as number
}
