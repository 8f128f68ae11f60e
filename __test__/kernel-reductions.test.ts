import * as fc from 'fast-check'
import {
  add,
  all,
  any,
  argMax,
  argMin,
  axpy,
  count,
  cube,
  div,
  max,
  mean,
  min,
  norm,
  prod,
  sin,
  square,
  std,
  sub,
  sum,
  variance,
} from 'corepool'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { anyNumber, numberArrays, repeated } from './fixtures/random-arrays.ts'

const exported = { sum, mean, variance, std, min, max, argMin, argMax, norm, prod, count, any, all }
type Name = keyof typeof exported
/** Each as it is on float64 alone: the compiler gives up on all combinations of their types. */
const reductions: Record<Name, (x: Float64Array) => number | boolean> = exported
const names = Object.keys(reductions) as Name[]

const values = fc.array(anyNumber, { minLength: 1, maxLength: 100 })
const lengths = fc.constantFrom(0, 1, 17, 512, 4097, 33_000)

describe.each(numberArrays)('of a %s array', (_dtype, ArrayType) => {
  test('a reduction of a kernel is that of its results in float64', () => {
    fc.assert(
      fc.property(values, lengths, (some, length) => {
        const xs = new ArrayType(repeated(some, length))
        for (const kernel of [square, cube, sin]) {
          const results = kernel(xs, { dtype: 'float64' })
          for (const name of names) expect(kernel[name](xs)).toBe(reductions[name](results))
        }
      }),
      { numRuns: 12 },
    )
  })
})

test('operands of several dtypes, and single numbers, are those of a call', () => {
  fc.assert(
    fc.property(values, values, anyNumber, lengths, (some, others, single, length) => {
      const xs = Float64Array.from(repeated(some, length))
      const ys = Int16Array.from(repeated(others, length))
      for (const name of names) {
        const reduce = reductions[name]
        for (const kernel of [add, sub, div]) {
          expect(kernel[name](xs, ys)).toBe(reduce(kernel(xs, ys, { dtype: 'float64' })))
          expect(kernel[name](single, ys)).toBe(reduce(kernel(single, ys, { dtype: 'float64' })))
        }
        const out = new Float64Array(length)
        expect(axpy[name](single, xs, ys)).toBe(reduce(axpy(single, xs, ys, { out })))
      }
    }),
    { numRuns: 15 },
  )
})

test('results are not rounded to the dtype of the operand before they are reduced', () => {
  const xs = new Int8Array(1000).fill(100)
  expect([square.sum(xs), square.max(xs)]).toEqual([10_000_000, 10_000])
  expect(sum(square(xs))).not.toBe(10_000_000)
})

test('the operand may be shared, a part of a buffer, or empty', () => {
  const shared = new Float64Array(new SharedArrayBuffer(8 * 40_000)).fill(2)
  expect([square.sum(shared), cube.mean(shared.subarray(3))]).toEqual([160_000, 8])
  const none = new Float64Array(0)
  expect([square.sum(none), square.prod(none), square.min(none), square.argMax(none)]).toEqual([0, 1, Infinity, -1])
  expect([square.mean(none), square.any(none), square.all(none)]).toEqual([NaN, false, true])
})

test('wrong operands are refused as a call refuses them, by the name of the method', () => {
  const loose = square as unknown as Record<Name, (...args: unknown[]) => unknown>
  const xs = Float64Array.of(1, 2)
  const refused: [args: unknown[], code: string, message: RegExp][] = [
    [[], 'ERR_INVALID_ARG_TYPE', /square\.sum\(\)/],
    [[3], 'ERR_INVALID_ARG_TYPE', /square\.sum\(\)/],
    [[[1, 2]], 'ERR_INVALID_ARG_TYPE', /Float64Array\.from/],
    [[xs, xs], 'ERR_INVALID_ARG_VALUE', /square\.sum\(\)/],
    [[xs, { dtype: 'int8' }], 'ERR_INVALID_ARG_VALUE', /square\.sum\(\)/],
    [[BigInt64Array.of(1n)], 'ERR_DTYPE', /bigint/],
  ]
  for (const [args, code, message] of refused) {
    expect(() => loose.sum(...args)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  }
  expect(() => add.sum(xs, new Float64Array(3))).toThrow(expect.objectContaining({ code: 'ERR_LENGTH_MISMATCH' }))
})

test('a reduction is a number, or a boolean', () => {
  const xs = Float32Array.of(1)
  expectTypeOf(square.sum(xs)).toEqualTypeOf<number>()
  expectTypeOf(square.any(xs)).toEqualTypeOf<boolean>()
})

test('a method that was taken off its kernel stays the method of that kernel', async () => {
  const xs = Float64Array.of(1, 2, 3)
  const { sum: sumOfSquares, async: squareLater, toString } = square
  expect(sumOfSquares(xs)).toBe(14)
  expect(sumOfSquares).toBe(square.sum)
  expect(cube.sum(xs)).toBe(36)
  expect(await squareLater(xs)).toEqual(Float64Array.of(1, 4, 9))
  expect([toString(), String(cube)]).toEqual(['(v) => v * v', '(v) => v * v * v'])
})
