import * as fc from 'fast-check'
import { dot, mean, norm, prod, std, sum, sumExact, variance } from 'corepool'
import { describe, expect, test } from 'vitest'
import { exactDot, exactSum, nearest, size, squareRoot, units } from './fixtures/exact-numbers.ts'

/** Any finite double: every exponent is as likely as any other. */
const anyFinite = fc.double({ noDefaultInfinity: true, noNaN: true })

/** A finite double of a size from 2^low to 2^high. */
function spanning(low: number, high: number): fc.Arbitrary<number> {
  return fc
    .tuple(
      fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }),
      fc.integer({ min: low, max: high }),
      fc.boolean(),
    )
    .map(([significand, exponent, isNegative]) => (isNegative ? -1 : 1) * significand * 2 ** exponent)
}

/** Numbers that nearly cancel: some, and the same with other signs, out of order, and a few small ones beside them. */
const illConditioned = fc
  .tuple(
    fc.array(spanning(-10, 40), { minLength: 1, maxLength: 400 }),
    fc.array(spanning(-30, -10), { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 1, max: 1_000_003 }),
  )
  .map(([large, small, step]) => {
    const all = [...large, ...small, ...large.map((x) => -x)]
    // A permutation that the data do not know.
    return all
      .map((x, i) => [(i * step) % 1_000_003, x] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, x]) => x)
  })

const UNIT = 2 ** -53

/**
 * The bound of Ogita, Rump and Oishi, for a tree of that many elements: half an ulp of the result, and the square of the roundings
 * on the longest way through the tree for each unit of the sum of sizes. In units of 2^-scale.
 */
function bound(count: number, exact: bigint, sizes: bigint): bigint {
  const depth = Math.min(256, Math.ceil(count / 16)) + 4 + Math.ceil(Math.log2(Math.max(1, count / 4096))) + 2
  const perSize = 2 * (depth * UNIT) ** 2
  return size(exact) / 2n ** 52n + (sizes * BigInt(Math.ceil(perSize * 2 ** 140))) / 2n ** 140n + 1n
}

describe('sumExact', () => {
  test('is the exact sum, rounded once', () => {
    const arrays = fc.oneof(
      fc.array(anyFinite, { maxLength: 300 }),
      fc.array(spanning(-1074, 1023), { maxLength: 300 }),
      fc.array(spanning(-60, 60), { maxLength: 300 }),
      illConditioned,
    )
    fc.assert(
      fc.property(arrays, (xs) => {
        expect(sumExact(Float64Array.from(xs))).toBe(nearest(exactSum(xs), 1074) + 0)
      }),
      { numRuns: 500 },
    )
  })

  test('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(spanning(-1074, 1020), { maxLength: 200 }), (xs) => {
        const ascending = Float64Array.from(xs).toSorted()
        expect(sumExact(ascending)).toBe(sumExact(ascending.toReversed()))
      }),
    )
  })

  test('rounds a tie to even, and a trace below the tie decides', () => {
    const least = Number.MIN_VALUE
    expect(sumExact(Float64Array.of(1, UNIT))).toBe(1)
    expect(sumExact(Float64Array.of(1, UNIT, least))).toBe(1 + 2 * UNIT)
    expect(sumExact(Float64Array.of(1 + 2 * UNIT, UNIT))).toBe(1 + 4 * UNIT)
    expect(sumExact(Float64Array.of(1 + 2 * UNIT, UNIT, -least))).toBe(1 + 2 * UNIT)
  })

  test('overflows only where the exact sum does', () => {
    const { MAX_VALUE } = Number
    expect(sumExact(Float64Array.of(MAX_VALUE, MAX_VALUE, -MAX_VALUE))).toBe(MAX_VALUE)
    expect(sumExact(Float64Array.of(MAX_VALUE, 2 ** 970))).toBe(Infinity)
    expect(sumExact(Float64Array.of(MAX_VALUE, 2 ** 970, -Number.MIN_VALUE))).toBe(MAX_VALUE)
    expect(sumExact(Float64Array.of(-MAX_VALUE, -MAX_VALUE))).toBe(-Infinity)
  })

  test('holds millions of the largest and of the smallest numbers', () => {
    const xs = new Float64Array(3_000_000).fill(Number.MAX_VALUE)
    for (let i = 1; i < xs.length; i += 2) xs[i] = -Number.MAX_VALUE
    xs[0] = 0
    xs[1] = 0.5
    expect(sumExact(xs)).toBe(0.5)
    expect(sumExact(new Float64Array(2_500_000).fill(Number.MIN_VALUE))).toBe(2_500_000 * Number.MIN_VALUE)
  })
})

describe('the compensated sum', () => {
  test('is within its bound of the exact one, on ill-conditioned data', () => {
    fc.assert(
      fc.property(illConditioned, (xs) => {
        const exact = exactSum(xs)
        const sizes = exactSum(xs.map(Math.abs))
        const error = size(units(sum(Float64Array.from(xs))) - exact)
        expect(error <= bound(xs.length, exact, sizes)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('is as good as exact up to a condition of 1e16, where a plain sum is all error', () => {
    const xs = new Float64Array(100_000)
    for (let i = 0; i < xs.length; i += 2) {
      xs[i] = Math.sin(i) * 1e12
      xs[i + 1] = -(xs[i] as number) + Math.cos(i) * 1e-3
    }
    const exact = sumExact(xs)
    const condition = sumExact(xs.map(Math.abs)) / Math.abs(exact)
    expect(condition).toBeGreaterThan(1e14)
    expect(Math.abs(sum(xs) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -45)
    expect(Math.abs(sum(xs, { compensated: false }) - exact)).toBeGreaterThan(Math.abs(exact) * 2 ** -20)
  })

  test('differs from the exact one by an ulp at most on data of one sign', () => {
    fc.assert(
      fc.property(fc.array(spanning(-100, 100).map(Math.abs), { minLength: 1, maxLength: 500 }), (xs) => {
        const exact = nearest(exactSum(xs), 1074)
        expect(Math.abs(sum(Float64Array.from(xs)) - exact)).toBeLessThanOrEqual(exact * 2 ** -52)
      }),
    )
  })

  test('finds what is 1e100 times smaller', () => {
    expect(sum(Float64Array.of(1e100, 1, -1e100))).toBe(1)
    expect(mean(Float64Array.of(1e100, 3, -1e100))).toBe(1)
  })
})

describe('dot', () => {
  test('is within its bound of the exact sum of products, on ill-conditioned data', () => {
    fc.assert(
      fc.property(illConditioned, (xs) => {
        const ys = xs.map((_, i) => 1 + Math.sin(i) / 3)
        const exact = exactDot(xs, ys)
        const sizes = exactDot(xs.map(Math.abs), ys)
        const error = size((units(dot(Float64Array.from(xs), Float64Array.from(ys))) << 1074n) - exact)
        expect(error <= bound(xs.length + 16, exact, sizes) + (1n << 1074n)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('keeps the errors of products of the largest factors', () => {
    // x² − x² with x at which splitting a double by a product would overflow.
    const x = (1 + 2 ** -30) * 2 ** 511
    const square = x * x
    const lost = nearest(units(x) * units(x) - (units(square) << 1074n), 2148)
    expect(lost).not.toBe(0)
    expect(dot(Float64Array.of(x, -square), Float64Array.of(x, 1))).toBe(lost)
    const large = (1 + 2 ** -30) * 2 ** 1000
    const small = (1 + 2 ** -40) * 2 ** -20
    const product = large * small
    const error = nearest(units(large) * units(small) - (units(product) << 1074n), 2148)
    expect(error).not.toBe(0)
    expect(dot(Float64Array.of(large, -product), Float64Array.of(small, 1))).toBe(error)
  })
})

describe('norm', () => {
  test('is within 2 ulp of the exact one, whatever the size of the elements', () => {
    const arrays = fc.oneof(
      fc.array(spanning(-1074, -1000), { minLength: 1, maxLength: 100 }),
      fc.array(spanning(-600, -400), { minLength: 1, maxLength: 100 }),
      fc.array(spanning(-20, 20), { minLength: 1, maxLength: 300 }),
      fc.array(spanning(500, 1018), { minLength: 1, maxLength: 50 }),
      fc.array(spanning(-1074, 1018), { minLength: 1, maxLength: 50 }),
    )
    fc.assert(
      fc.property(arrays, (xs) => {
        // 60 bits more than a double of the smallest size has, so that the root is exact enough.
        const root = squareRoot(exactDot(xs, xs) << 240n)
        const exact = nearest(root, 1074 + 120)
        const ulp = Math.max(Number.MIN_VALUE, exact * 2 ** -52)
        expect(Math.abs(norm(Float64Array.from(xs)) - exact)).toBeLessThanOrEqual(2 * ulp)
      }),
      { numRuns: 300 },
    )
  })

  test('does not overflow below MAX_VALUE / √n', () => {
    for (const n of [1, 2, 1000, 40_000]) {
      const largest = (Number.MAX_VALUE / Math.sqrt(n)) * (1 - 2 ** -50)
      const found = norm(new Float64Array(n).fill(largest))
      expect(found).toBeLessThan(Infinity)
      expect(found / Number.MAX_VALUE).toBeCloseTo(1, 12)
    }
    expect(norm(Float64Array.of(3e300, -4e300))).toBeCloseTo(5e300, -290)
    expect(norm(Float64Array.of(3 * Number.MIN_VALUE, 4 * Number.MIN_VALUE))).toBe(5 * Number.MIN_VALUE)
  })
})

describe('variance', () => {
  /** The exact variance's numerator times n, n Σx² − (Σx)², over n (n − ddof). */
  function exactVariance(xs: readonly number[], ddof: number): number {
    const n = BigInt(xs.length)
    const numerator = n * exactDot(xs, xs) - exactSum(xs) ** 2n
    return nearest((numerator << 200n) / (n * (n - BigInt(ddof))), 2148 + 200)
  }

  test('is within a few ulp of the exact one, also where the mean is large beside it', () => {
    const arrays = fc
      .tuple(fc.array(spanning(-20, 20), { minLength: 2, maxLength: 300 }), fc.constantFrom(0, 1e3, -1e9, 1e15, 1e25))
      .map(([xs, offset]) => xs.map((x) => x + offset))
    fc.assert(
      fc.property(arrays, fc.constantFrom(0, 1), (xs, ddof) => {
        const exact = exactVariance(xs, ddof)
        const found = variance(Float64Array.from(xs), { ddof })
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(8 * 2 ** -52 * exact)
        expect(Math.abs(std(Float64Array.from(xs), { ddof }) - Math.sqrt(exact))).toBeLessThanOrEqual(
          8 * 2 ** -52 * Math.sqrt(exact),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('of equal numbers is 0', () => {
    for (const x of [0, 0.1, 1e300, -1e-300, 1e9 + 0.1]) {
      expect(variance(new Float64Array(1000).fill(x))).toBe(0)
      expect(std(new Float64Array(3).fill(x))).toBe(0)
    }
  })

  test('std is in range where the variance is not', () => {
    expect(std(Float64Array.of(1e-300, 3e-300))).toBeCloseTo(1e-300, 310)
    expect(std(Float64Array.of(1e300, -1e300)) / 1e300).toBeCloseTo(1, 14)
    expect(std(Float64Array.of(Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE)) / Number.MAX_VALUE).toBeCloseTo(
      0.9428,
      4,
    )
    expect(variance(Float64Array.of(1e300, -1e300))).toBe(Infinity)
    expect(variance(Float64Array.of(1e-300, 3e-300))).toBe(0)
  })
})

describe('prod', () => {
  test('is within an ulp for each element of the exact product, and rounds once into the subnormal numbers', () => {
    fc.assert(
      fc.property(fc.array(spanning(-400, 400), { maxLength: 60 }), (xs) => {
        let exact = 1n
        for (const x of xs) exact *= units(x)
        const expected = nearest(exact, 1074 * xs.length)
        const found = prod(Float64Array.from(xs))
        const tolerance = Math.abs(expected) * xs.length * 2 ** -52 + (xs.length > 1 ? Number.MIN_VALUE : 0)
        if (Number.isFinite(expected)) expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance)
        else expect(found).toBe(expected)
      }),
      { numRuns: 300 },
    )
  })

  test('of factors that overflow and underflow on the way is what it should be', () => {
    expect(prod(Float64Array.of(2 ** 1000, 2 ** 1000, 2 ** -1000, 2 ** -1000))).toBe(1)
    expect(prod(Float64Array.of(Number.MIN_VALUE, 2 ** 1000, 2 ** 74))).toBe(1)
    const xs = new Float64Array(20_000).fill(2 ** 1000).fill(2 ** -1000, 10_000)
    xs[0] = -3 * 2 ** 1000
    expect(prod(xs)).toBe(-3)
    expect(prod(Float64Array.of(2 ** -1000, 2 ** -74))).toBe(Number.MIN_VALUE)
    expect(prod(Float64Array.of(1.5 * 2 ** -1000, 2 ** -74))).toBe(2 * Number.MIN_VALUE)
    expect(prod(Float64Array.of(2 ** -1000, 2 ** -76))).toBe(0)
    expect(prod(Float64Array.of(2 ** 1000, 2 ** 24))).toBe(Infinity)
  })
})
