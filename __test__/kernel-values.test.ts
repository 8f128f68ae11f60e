import * as fc from 'fast-check'
import { cube, square, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'
import { anyBigint, anyNumber, bigintArrays, lengths, numberArrays, repeated } from './fixtures/random-arrays.ts'

const kernels = [
  { kernel: square, name: 'square', onNumber: (v: number) => v * v, onBigint: (v: bigint) => v * v },
  { kernel: cube, name: 'cube', onNumber: (v: number) => v * v * v, onBigint: (v: bigint) => v * v * v },
]

/** The oracle: plain JavaScript. */
function mapped(xs: NumericArray, onNumber: (v: number) => number): NumericArray {
  return (xs as Float64Array).map((v) => onNumber(v))
}

describe.each(kernels)('$name', ({ kernel, onNumber, onBigint }) => {
  test('of a number is the plain function', () => {
    fc.assert(fc.property(anyNumber, (v) => Object.is(kernel(v), onNumber(v))))
  })

  test('is usable as the callback of map, which passes further arguments', () => {
    expect([1, 2, 3].map(kernel)).toEqual([1, 2, 3].map(onNumber))
    expect(Int8Array.of(11, 12).map(kernel)).toEqual(Int8Array.of(11, 12).map(onNumber))
  })

  describe.each(numberArrays)('of a %s array', (_dtype, ArrayType) => {
    test('stores what xs.map stores, at every length around a block or a chunk', () => {
      const values = fc.array(anyNumber, { minLength: 1, maxLength: 600 })
      fc.assert(
        fc.property(values, fc.constantFrom(...lengths), (some, length) => {
          const xs = new ArrayType(repeated(some, length))
          expectSame(kernel(xs), mapped(xs, onNumber))
        }),
        { numRuns: 40 },
      )
    })

    test('does not change the operand', () => {
      const xs = new ArrayType([1, 2, 3, 250])
      const before = xs.slice()
      kernel(xs)
      expectSame(xs, before)
    })

    test.each(numberArrays)('into %s is the float64 result stored once', (dtype, OutType) => {
      const values = fc.array(anyNumber, { minLength: 1, maxLength: 600 })
      fc.assert(
        fc.property(values, fc.constantFrom(3, 513, 40_000), (some, length) => {
          const xs = new ArrayType(repeated(some, length))
          const expected = new OutType(Array.from(xs as Float64Array, onNumber))
          expectSame(kernel(xs, { dtype }), expected)
          const out = new OutType(Array.from({ length }, () => 1))
          expect(kernel(xs, { out })).toBe(out)
          expectSame(out, expected)
        }),
        { numRuns: 5 },
      )
    })

    test('in place gives the same values', () => {
      const values = fc.array(anyNumber, { minLength: 1, maxLength: 600 })
      fc.assert(
        fc.property(values, fc.constantFrom(...lengths), (some, length) => {
          const xs = new ArrayType(repeated(some, length))
          const expected = mapped(xs, onNumber)
          expect(kernel(xs, { out: xs })).toBe(xs)
          expectSame(xs, expected)
        }),
        { numRuns: 15 },
      )
    })

    test('.async gives the same values', async () => {
      const values = fc.array(anyNumber, { minLength: 1, maxLength: 600 })
      await fc.assert(
        fc.asyncProperty(values, fc.constantFrom(...lengths), async (some, length) => {
          const xs = new ArrayType(repeated(some, length))
          expectSame(await kernel.async(xs), mapped(xs, onNumber))
        }),
        { numRuns: 10 },
      )
    })
  })

  describe.each(bigintArrays)('of a %s array', (_dtype, ArrayType) => {
    test('wraps modulo 2^64, as xs.map does, into either dtype of bigints', () => {
      const values = fc.array(anyBigint, { minLength: 1, maxLength: 600 })
      fc.assert(
        fc.property(values, fc.constantFrom(...lengths), (some, length) => {
          const xs = new ArrayType(repeated(some, length))
          const expected = xs.map((v) => onBigint(v))
          expectSame(kernel(xs), expected)
          for (const [dtype, OutType] of bigintArrays) expectSame(kernel(xs, { dtype }), OutType.from(expected))
        }),
        { numRuns: 20 },
      )
    })
  })

  test('gives the same values on arrays that no cache holds, whose results go past it', () => {
    // Twice 64 MB, from an element that begins no cache line.
    const memory = new Float64Array(8e6 + 2)
    const xs = new Float64Array(8e6).map((_, i) => (i % 10_007) / 7 - 700)
    const out = memory.subarray(1, 8e6 + 1)
    kernel(xs, { out })
    expect(xs.findIndex((v, i) => out[i] !== onNumber(v))).toBe(-1)
    expect([memory[0], memory[8e6 + 1]]).toEqual([0, 0])
  })

  test('works on a view that starts inside its buffer, and writes nothing beside it', () => {
    const whole = Float64Array.from({ length: 70_000 }, (_, i) => i / 3)
    const out = new Float32Array(70_002).fill(-1)
    const part = whole.subarray(5, 69_995)
    kernel(part, { out: out.subarray(1, 1 + part.length) })
    expectSame(out.subarray(1, 1 + part.length), new Float32Array(Array.from(part, onNumber)))
    expect([out[0], out[part.length + 1]]).toEqual([-1, -1])
  })

  test('works between arrays over shared memory', async () => {
    const xs = new Float64Array(new SharedArrayBuffer(8 * 50_000)).map((_, i) => i - 25_000)
    const shared = new Float64Array(new SharedArrayBuffer(8 * 50_000))
    shared.set(xs)
    const out = new Float64Array(new SharedArrayBuffer(8 * 50_000))
    expectSame(kernel(shared, { out }), mapped(xs, onNumber))
    out.fill(0)
    expect(await kernel.async(shared, { out })).toBe(out)
    expectSame(out, mapped(xs, onNumber))
    expectSame(await kernel.async(shared), mapped(xs, onNumber))
  })

  test('gives the base type for a subclass', () => {
    const result = kernel(Buffer.from([1, 2, 3]))
    expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype)
    expectSame(result, new Uint8Array([1, 2, 3]).map(onNumber))
  })
})
