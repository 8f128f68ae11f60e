import * as fc from 'fast-check'
import {
  all,
  any,
  argMax,
  argMin,
  count,
  dot,
  histogram,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  sumExact,
  variance,
  type NumericArray,
} from 'corepool'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { anyBigint, anyNumber, bigintArrays, numberArrays, repeated } from './fixtures/random-arrays.ts'

/** Around every edge of lanes, blocks, leaves and chunks. */
const lengths = [
  0, 1, 2, 15, 16, 17, 63, 64, 65, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 16383, 16384,
  16385, 32767, 32768, 32769, 49152, 65537, 100_003,
]

const empty = new Float64Array(0)

/** The elements as plain numbers. */
function numbers(xs: NumericArray): number[] {
  return Array.from(xs as Float64Array, Number)
}

/** A sum in the documented tree, by its definition: lanes in a leaf, halves of lanes, halves of leaves. */
function treeSum(xs: readonly number[]): number {
  if (xs.length <= 4096) {
    const lanes = Array.from({ length: 16 }, () => 0)
    xs.forEach((x, i) => (lanes[i % 16] = (lanes[i % 16] as number) + x))
    const folded = (from: number, step: number): number =>
      step === 16 ? (lanes[from] as number) : folded(from, step * 2) + folded(from + step, step * 2)
    return folded(0, 1)
  }
  const leaves = Math.ceil(xs.length / 4096)
  const left = 2 ** Math.ceil(Math.log2(leaves) - 1) * 4096
  return treeSum(xs.slice(0, left)) + treeSum(xs.slice(left))
}

describe.each(lengths)('of %i elements', (length) => {
  const xs = Float64Array.from({ length }, (_, i) => Math.sin(i * i + 1) * 2 ** (((i * 7) % 400) - 200))

  test('the plain sum is that of the documented tree', () => {
    expect(sum(xs, { compensated: false })).toBe(treeSum(numbers(xs)))
  })

  test('the sequential sum is that of a loop', () => {
    let s = 0
    for (const x of xs) s += x
    expect(sum(xs, { order: 'sequential' })).toBe(s)
    expect(mean(xs, { order: 'sequential' })).toBe(s / length)
    let products = 0
    const ys = xs.map(Math.cos)
    for (let i = 0; i < length; i++) products += (xs[i] as number) * (ys[i] as number)
    expect(dot(xs, ys, { order: 'sequential' })).toBe(products)
  })

  test('whole numbers are summed exactly', () => {
    const whole = Float64Array.from({ length }, (_, i) => (i % 1000) - 400)
    const expected = numbers(whole).reduce((a, b) => a + b, 0)
    const squares = numbers(whole).reduce((a, b) => a + b * b, 0)
    expect([sum(whole), sumExact(whole), sum(whole, { compensated: false })]).toEqual([expected, expected, expected])
    expect([dot(whole, whole), norm(whole)]).toEqual([squares, Math.sqrt(squares)])
    expect(count(whole)).toBe(numbers(whole).filter(Boolean).length)
  })

  test('extremes and their places are those of a scan', () => {
    const places = length === 0 ? [] : [0, length >> 1, length - 1]
    for (const place of places) {
      const one = new Float64Array(length)
      one[place] = -1
      expect([min(one), argMin(one)]).toEqual([-1, place])
      one[place] = 1
      expect([max(one), argMax(one), prod(one) === (length === 1 ? 1 : 0), any(one), count(one)]).toEqual([
        1,
        place,
        true,
        true,
        1,
      ])
      one[place] = NaN
      expect([min(one), argMin(one), max(one), argMax(one)]).toEqual([NaN, place, NaN, place])
      expect([any(one), all(one)]).toEqual([false, false])
      one.fill(2)
      one[place] = 0
      expect(all(one)).toBe(false)
      expect(any(one)).toBe(length > 1)
    }
    expect(all(new Float64Array(length).fill(0.5))).toBe(true)
    expect(any(new Float64Array(length).fill(-0))).toBe(false)
  })
})

describe('without elements', () => {
  test('a reduction is that of nothing', () => {
    expect([sum(empty), sumExact(empty), dot(empty, empty), norm(empty), prod(empty)]).toEqual([0, 0, 0, 0, 1])
    expect([min(empty), max(empty), argMin(empty), argMax(empty)]).toEqual([Infinity, -Infinity, -1, -1])
    expect([mean(empty), variance(empty), std(empty), count(empty)]).toEqual([NaN, NaN, NaN, 0])
    expect([any(empty), all(empty)]).toEqual([false, true])
    expect(sum(empty, { order: 'sequential' })).toBe(0)
  })

  test('bigints are 0n and 1n, and have no extreme', () => {
    for (const [, ArrayType] of bigintArrays) {
      const none = new ArrayType(0)
      expect([sum(none), sumExact(none), dot(none, none), prod(none)]).toEqual([0n, 0n, 0n, 1n])
      expect([argMin(none), argMax(none), count(none), any(none), all(none)]).toEqual([-1, -1, 0, false, true])
      const code = 'ERR_INVALID_ARG_VALUE'
      expect(() => min(none)).toThrow(expect.objectContaining({ name: 'ArrayError', code }))
      expect(() => max(none)).toThrow(/max\(\) of a bigint array needs at least one element/)
      expect([mean(none), norm(none)]).toEqual([NaN, 0])
    }
  })
})

describe('what is not finite', () => {
  const infinite = (x: number[], y = x): number[] => [
    sum(Float64Array.from(x)),
    sum(Float64Array.from(x), { compensated: false }),
    sumExact(Float64Array.from(x)),
    dot(Float64Array.from(y), new Float64Array(y.length).fill(1)),
  ]

  test('in a sum is what it is in the plain tree', () => {
    expect(infinite([Infinity, 1])).toEqual([Infinity, Infinity, Infinity, Infinity])
    expect(infinite([1, -Infinity])).toEqual([-Infinity, -Infinity, -Infinity, -Infinity])
    expect(infinite([Infinity, -Infinity])).toEqual([NaN, NaN, NaN, NaN])
    expect(infinite([NaN, 1])).toEqual([NaN, NaN, NaN, NaN])
    const many = new Float64Array(50_000).fill(1)
    many[40_000] = Infinity
    expect(sum(many)).toBe(Infinity)
    many[3] = -Infinity
    expect(sum(many)).toBeNaN()
  })

  test('a plain tree sum that overflows is the result, though the exact sum would not', () => {
    const { MAX_VALUE } = Number
    expect(sum(Float64Array.of(MAX_VALUE, MAX_VALUE))).toBe(Infinity)
    const xs = new Float64Array(17)
    xs[0] = xs[16] = MAX_VALUE
    xs[1] = -MAX_VALUE
    // Elements 0 and 16 meet in lane 0.
    expect([sum(xs), sumExact(xs)]).toEqual([Infinity, MAX_VALUE])
    expect(mean(xs)).toBe(Infinity)
  })

  test('the largest numbers beside others do not spoil the errors', () => {
    const { MAX_VALUE } = Number
    expect(sum(Float64Array.of(MAX_VALUE, -MAX_VALUE, 1, -(2 ** 900)))).toBe(1 - 2 ** 900)
    expect(sum(Float64Array.of(MAX_VALUE, -1, -MAX_VALUE))).toBe(-1)
    const xs = new Float64Array(33)
    xs[0] = MAX_VALUE
    xs[16] = -MAX_VALUE
    xs[32] = 1
    expect(sum(xs)).toBe(1)
  })

  test('in other reductions', () => {
    expect(prod(Float64Array.of(Infinity, -2))).toBe(-Infinity)
    expect(prod(Float64Array.of(Infinity, 0))).toBeNaN()
    expect([norm(Float64Array.of(-Infinity, 1)), norm(Float64Array.of(NaN, Infinity))]).toEqual([Infinity, NaN])
    for (const x of [NaN, Infinity, -Infinity]) {
      expect([variance(Float64Array.of(x, 1)), std(Float64Array.of(1, x, 2))]).toEqual([NaN, NaN])
    }
    expect(variance(Float64Array.of(Infinity, -Infinity))).toBeNaN()
    expect(count(Float64Array.of(NaN, Infinity, -Infinity, 0))).toBe(2)
  })
})

describe('zeros', () => {
  test('a sum is never −0, as in a loop that begins with 0', () => {
    const zeros = Float64Array.of(-0, -0)
    for (const zero of [sum(zeros), sumExact(zeros), sum(zeros, { order: 'sequential' }), dot(zeros, zeros)]) {
      expect(zero).toBe(0)
    }
    expect(mean(zeros)).toBe(0)
    expect(norm(zeros)).toBe(0)
    expect(sum(Float64Array.of(-1, 1))).toBe(0)
  })

  test('a product has the sign that its factors give it', () => {
    expect([prod(Float64Array.of(-0)), prod(Float64Array.of(-0, -2)), prod(Float64Array.of(0, -1))]).toEqual([
      -0, 0, -0,
    ])
    expect(prod(Float64Array.of(2 ** 1000, 2 ** 1000, -0))).toBe(-0)
  })

  test('−0 is below 0', () => {
    for (const length of [2, 40, 5000]) {
      const zeros = new Float64Array(length)
      zeros[length - 1] = -0
      expect([min(zeros), argMin(zeros), max(zeros), argMax(zeros)]).toEqual([-0, length - 1, 0, 0])
      zeros.fill(-0)
      zeros[1] = 0
      expect([min(zeros), argMin(zeros), max(zeros), argMax(zeros)]).toEqual([-0, 0, 0, 1])
    }
  })
})

describe.each(numberArrays)('of a %s array', (_dtype, ArrayType) => {
  const arrays = fc
    .tuple(fc.array(anyNumber, { minLength: 1, maxLength: 200 }), fc.constantFrom(1, 3, 17, 513, 5000))
    .map(([values, length]) => new ArrayType(repeated(values, length)))

  test('every reduction is that of its elements as float64', () => {
    fc.assert(
      fc.property(arrays, (xs) => {
        const wide = Float64Array.from(numbers(xs))
        const reductions = [sum, sumExact, mean, variance, std, min, max, argMin, argMax, norm, prod, count, any, all]
        for (const reduce of reductions) expect(reduce(xs)).toBe(reduce(wide))
        expect(dot(xs, wide)).toBe(dot(wide, xs))
        expect(histogram(xs, { bins: 5, range: [-3, 7] })).toEqual(histogram(wide, { bins: 5, range: [-3, 7] }))
        expect(sum(xs, { order: 'sequential' })).toBe(numbers(xs).reduce((a, b) => a + b, 0))
      }),
      { numRuns: 25 },
    )
  })

  test('extremes are those of Math.min and Math.max, where they stand first', () => {
    fc.assert(
      fc.property(arrays, (xs) => {
        const values = numbers(xs)
        const smallest = values.reduce((a, b) => Math.min(a, b), Infinity)
        const largest = values.reduce((a, b) => Math.max(a, b), -Infinity)
        expect([min(xs), max(xs)]).toEqual([smallest, largest])
        expect(argMin(xs)).toBe(values.findIndex((x) => Object.is(x, smallest)))
        expect(argMax(xs)).toBe(values.findIndex((x) => Object.is(x, largest)))
      }),
      { numRuns: 40 },
    )
  })

  test('counts are of what JavaScript takes for true', () => {
    fc.assert(
      fc.property(arrays, (xs) => {
        const values = numbers(xs)
        expect(count(xs)).toBe(values.filter(Boolean).length)
        expect([any(xs), all(xs)]).toEqual([values.some(Boolean), values.every(Boolean)])
      }),
      { numRuns: 25 },
    )
  })

  test('the array is not changed', () => {
    const xs = new ArrayType(repeated([1, 2, 3, 100], 1000))
    const before = xs.slice()
    for (const reduce of [sum, variance, argMax, norm, prod, histogram]) reduce(xs)
    expect(xs).toEqual(before)
  })
})

describe.each(bigintArrays)('of a %s array', (dtype, ArrayType) => {
  const wrap = (value: bigint): bigint => (dtype === 'int64' ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value))
  const arrays = fc
    .tuple(fc.array(anyBigint, { minLength: 1, maxLength: 100 }), fc.constantFrom(1, 5, 100, 33_000))
    .map(([values, length]) => new ArrayType(repeated(values, length)))

  test('sums and products are bigints modulo 2^64 of the dtype, and the exact sum is the whole one', () => {
    fc.assert(
      fc.property(arrays, (xs) => {
        const whole = [...xs].reduce((a, b) => a + b, 0n)
        expect([sum(xs), sumExact(xs)]).toEqual([wrap(whole), whole])
        expect(prod(xs)).toBe([...xs].reduce((a, b) => wrap(a * b), 1n))
        expect(dot(xs, xs)).toBe(wrap([...xs].reduce((a, b) => a + b * b, 0n)))
      }),
      { numRuns: 25 },
    )
  })

  test('extremes are exact, with all 64 bits', () => {
    fc.assert(
      fc.property(arrays, (xs) => {
        const smallest = [...xs].reduce((a, b) => (b < a ? b : a))
        const largest = [...xs].reduce((a, b) => (b > a ? b : a))
        expect([min(xs), max(xs)]).toEqual([smallest, largest])
        expect([argMin(xs), argMax(xs)]).toEqual([xs.indexOf(smallest), xs.indexOf(largest)])
        expect([count(xs), any(xs), all(xs)]).toEqual([
          xs.filter((x) => x !== 0n).length,
          xs.some((x) => x !== 0n),
          xs.every((x) => x !== 0n),
        ])
      }),
      { numRuns: 25 },
    )
  })

  test('means, variances, norms and histograms are those of the nearest numbers', () => {
    fc.assert(
      fc.property(arrays, (xs) => {
        const near = Float64Array.from(xs, Number)
        for (const reduce of [mean, variance, std, norm]) expect(reduce(xs)).toBe(reduce(near))
        expect(histogram(xs)).toEqual(histogram(near))
      }),
      { numRuns: 25 },
    )
  })
})

describe('variance', () => {
  test('divides by n − ddof, and is NaN unless that is positive', () => {
    const xs = Float64Array.of(1, 2, 3, 4)
    expect([variance(xs), variance(xs, { ddof: 1 }), variance(xs, { ddof: 1.5 })]).toEqual([1.25, 5 / 3, 2])
    expect([variance(xs, { ddof: 4 }), std(xs, { ddof: 5 })]).toEqual([NaN, NaN])
    expect([std(xs), std(xs, { ddof: 1 })]).toEqual([Math.sqrt(1.25), Math.sqrt(5 / 3)])
    expect([variance(Float64Array.of(7)), std(Float64Array.of(7), { ddof: 1 })]).toEqual([0, NaN])
  })
})

test('a view that starts inside its buffer is reduced, and nothing beside it', () => {
  const whole = Float64Array.from({ length: 70_000 }, (_, i) => (i < 5 || i >= 69_995 ? NaN : i))
  const part = whole.subarray(5, 69_995)
  expect(sum(part)).toBe(((5 + 69_994) / 2) * 69_990)
  expect([min(part), max(part), argMax(part)]).toEqual([5, 69_994, 69_989])
  const bytes = new Uint8Array(70_003).fill(1).subarray(3)
  expect([sum(bytes), prod(bytes), count(bytes)]).toEqual([70_000, 1, 70_000])
})

test('shared memory is reduced in place', () => {
  const xs = Float64Array.from({ length: 50_000 }, (_, i) => Math.cos(i))
  const shared = new Float64Array(new SharedArrayBuffer(8 * xs.length))
  shared.set(xs)
  for (const reduce of [sum, sumExact, mean, variance, min, argMax, norm, prod]) expect(reduce(shared)).toBe(reduce(xs))
  expect(dot(shared, shared)).toBe(dot(xs, xs))
  const few = new Int16Array(new SharedArrayBuffer(20)).fill(3)
  expect([sum(few), prod(few)]).toEqual([30, 3 ** 10])
})

test('a subclass is what its elements are', () => {
  expect([sum(Buffer.from([1, 2, 250])), max(Buffer.from([1, 2, 250]))]).toEqual([253, 250])
})

test('a bigint array gives a bigint where a number array gives a sum, a product, or an extreme', () => {
  const numbersOf = Float32Array.of(1)
  const bigints = BigInt64Array.of(1n)
  expectTypeOf(sum(numbersOf)).toEqualTypeOf<number>()
  expectTypeOf(sum(bigints)).toEqualTypeOf<bigint>()
  expectTypeOf(sum(bigints as NumericArray)).toEqualTypeOf<number | bigint>()
  expectTypeOf(prod(new BigUint64Array(1))).toEqualTypeOf<bigint>()
  expectTypeOf(min(bigints)).toEqualTypeOf<bigint>()
  expectTypeOf(sumExact(bigints)).toEqualTypeOf<bigint>()
  expectTypeOf(dot(bigints, bigints)).toEqualTypeOf<bigint>()
  expectTypeOf(mean(bigints)).toEqualTypeOf<number>()
  expectTypeOf(histogram(bigints).counts).toEqualTypeOf<Float64Array>()
  // @ts-expect-error -- a plain array is none
  expect(() => sum([1, 2])).toThrow(/Float64Array\.from/)
  // @ts-expect-error -- no such order
  expect(() => sum(numbersOf, { order: 'random' })).toThrow(/'fixed' or 'sequential'/)
})
