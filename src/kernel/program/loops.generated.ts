/**
 * The loops of kernel programs on blocks of lanes, one function an operation.
 * Written by scripts/generate-program-loops.mjs; do not edit.
 */

import { ownMath } from '../own-math.ts'

/** Float16Array, where the runtime has it. */
interface Float16Like {
  readonly length: number
  [index: number]: number
}

const { abs, sign, floor, ceil, trunc, round, sqrt, fround, min, max, imul, clz32, hypot, atan2 } = ownMath
const { sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh } = ownMath
const { exp, expm1, log, log1p, log2, log10, cbrt } = ownMath
/** Absent before Node 24, where the compiler refuses it. */
const { f16round } = ownMath as unknown as { f16round(value: number): number }

/** On lanes of numbers: out may be a, b or c. */
export const numberLoops = {
  add(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p + q
    }
  },
  subtract(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p - q
    }
  },
  multiply(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p * q
    }
  },
  divide(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p / q
    }
  },
  remainder(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p % q
    }
  },
  power(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p ** q
    }
  },
  minimum(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = min(p, q)
    }
  },
  maximum(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = max(p, q)
    }
  },
  less(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p < q ? 1 : 0
    }
  },
  lessEqual(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p <= q ? 1 : 0
    }
  },
  equal(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p === q ? 1 : 0
    }
  },
  notEqual(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p !== q ? 1 : 0
    }
  },
  select(out: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      const r = c[i] as number
      out[i] = p !== 0 && p === p ? q : r
    }
  },
  negate(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = -p
    }
  },
  not(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = p !== 0 && p === p ? 0 : 1
    }
  },
  truthy(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = p !== 0 && p === p ? 1 : 0
    }
  },
  bitAnd(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p & q
    }
  },
  bitOr(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p | q
    }
  },
  bitXor(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p ^ q
    }
  },
  bitNot(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = ~p
    }
  },
  shiftLeft(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p << q
    }
  },
  shiftRight(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p >> q
    }
  },
  shiftRightUnsigned(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = p >>> q
    }
  },
  multiplyInt32(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = imul(p, q)
    }
  },
  leadingZeros(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = clz32(p)
    }
  },
  isNaN(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = p !== p ? 1 : 0
    }
  },
  isFinite(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = p - p === 0 ? 1 : 0
    }
  },
  isInteger(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = p - p === 0 && trunc(p) === p ? 1 : 0
    }
  },
  hypot3(out: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      const r = c[i] as number
      out[i] = hypot(p, q, r)
    }
  },
  abs(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = abs(p)
    }
  },
  sign(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = sign(p)
    }
  },
  floor(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = floor(p)
    }
  },
  ceil(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = ceil(p)
    }
  },
  trunc(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = trunc(p)
    }
  },
  round(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = round(p)
    }
  },
  sqrt(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = sqrt(p)
    }
  },
  fround(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = fround(p)
    }
  },
  f16round(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = f16round(p)
    }
  },
  sin(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = sin(p)
    }
  },
  cos(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = cos(p)
    }
  },
  tan(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = tan(p)
    }
  },
  asin(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = asin(p)
    }
  },
  acos(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = acos(p)
    }
  },
  atan(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = atan(p)
    }
  },
  sinh(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = sinh(p)
    }
  },
  cosh(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = cosh(p)
    }
  },
  tanh(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = tanh(p)
    }
  },
  asinh(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = asinh(p)
    }
  },
  acosh(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = acosh(p)
    }
  },
  atanh(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = atanh(p)
    }
  },
  exp(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = exp(p)
    }
  },
  expm1(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = expm1(p)
    }
  },
  log(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = log(p)
    }
  },
  log1p(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = log1p(p)
    }
  },
  log2(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = log2(p)
    }
  },
  log10(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = log10(p)
    }
  },
  cbrt(out: Float64Array, a: Float64Array, _b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      out[i] = cbrt(p)
    }
  },
  atan2(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = atan2(p, q)
    }
  },
  hypot(out: Float64Array, a: Float64Array, b: Float64Array, _c: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as number
      const q = b[i] as number
      out[i] = hypot(p, q)
    }
  },
} as const

/** On lanes of 64 bits; the store takes the value modulo 2^64. */
export const bigintLoops = {
  add(out: BigInt64Array, a: BigInt64Array, b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      const q = b[i] as bigint
      out[i] = p + q
    }
  },
  subtract(out: BigInt64Array, a: BigInt64Array, b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      const q = b[i] as bigint
      out[i] = p - q
    }
  },
  multiply(out: BigInt64Array, a: BigInt64Array, b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      const q = b[i] as bigint
      out[i] = p * q
    }
  },
  negate(out: BigInt64Array, a: BigInt64Array, _b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      out[i] = -p
    }
  },
  bitAnd(out: BigInt64Array, a: BigInt64Array, b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      const q = b[i] as bigint
      out[i] = p & q
    }
  },
  bitOr(out: BigInt64Array, a: BigInt64Array, b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      const q = b[i] as bigint
      out[i] = p | q
    }
  },
  bitXor(out: BigInt64Array, a: BigInt64Array, b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      const q = b[i] as bigint
      out[i] = p ^ q
    }
  },
  bitNot(out: BigInt64Array, a: BigInt64Array, _b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      out[i] = ~p
    }
  },
  shiftLeft(out: BigInt64Array, a: BigInt64Array, b: BigInt64Array, _c: BigInt64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const p = a[i] as bigint
      const q = b[i] as bigint
      out[i] = q > 63n ? 0n : p << q
    }
  },
} as const

/** Elements of a bound array by the lanes' numbers; NaN where a lane is no index of it. */
export const gatherLoops = {
  float64(out: Float64Array, bound: Float64Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  float32(out: Float64Array, bound: Float32Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  float16(out: Float64Array, bound: Float16Like, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  int8(out: Float64Array, bound: Int8Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  uint8(out: Float64Array, bound: Uint8Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  uint8c(out: Float64Array, bound: Uint8ClampedArray, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  int16(out: Float64Array, bound: Int16Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  uint16(out: Float64Array, bound: Uint16Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  int32(out: Float64Array, bound: Int32Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
  uint32(out: Float64Array, bound: Uint32Array, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },
} as const
