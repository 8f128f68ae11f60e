import * as fc from 'fast-check'
import { histogram, max, min, sum } from 'corepool'
import { expect, test } from 'vitest'
import { anyNumber } from './fixtures/random-arrays.ts'

test('counts every finite element in ten bins by default', () => {
  const xs = Float64Array.from({ length: 70_000 }, (_, i) => Math.sin(i))
  xs[5] = NaN
  xs[6] = Infinity
  xs[7] = -Infinity
  const { counts, edges } = histogram(xs)
  expect(counts.length).toBe(10)
  expect(edges.length).toBe(11)
  const finite = xs.filter(Number.isFinite)
  expect([edges[0], edges[10]]).toEqual([min(finite), max(finite)])
  expect(sum(counts)).toBe(finite.length)
})

test('a bin has its lower edge, and the last one both', () => {
  const { counts, edges } = histogram(Float64Array.of(0, 1, 1, 2, 3, 3, 3), { bins: 3 })
  expect([...edges]).toEqual([0, 1, 2, 3])
  expect([...counts]).toEqual([1, 2, 4])
})

test('leaves out what lies outside the range', () => {
  const { counts } = histogram(Float64Array.of(-1, 0, 0.5, 1, 1.5, NaN), { bins: 2, range: [0, 1] })
  expect([...counts]).toEqual([1, 2])
})

test('is that of a scan of its edges', () => {
  fc.assert(
    fc.property(
      fc.array(anyNumber, { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.option(fc.tuple(fc.double({ min: -100, max: 0, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }))),
      (values, bins, range) => {
        const { counts, edges } = histogram(Float64Array.from(values), range === null ? { bins } : { bins, range })
        const expected = new Float64Array(bins)
        const last = edges[bins] as number
        for (const x of values) {
          if (!(x >= (edges[0] as number) && x <= last)) continue
          const bin = Math.min(
            bins - 1,
            edges.findLastIndex((edge) => edge <= x),
          )
          expected[bin] = (expected[bin] as number) + 1
        }
        expect(counts).toEqual(expected)
        expect(edges.every((edge, i) => i === 0 || edge >= (edges[i - 1] as number))).toBe(true)
      },
    ),
    { numRuns: 100 },
  )
})

test('of one value has it inside, of none the range from 0 to 1, and a width that overflows is none', () => {
  expect([...histogram(Float64Array.of(5, 5), { bins: 2 }).edges]).toEqual([4.5, 5, 5.5])
  expect([...histogram(Float64Array.of(5, 5), { bins: 2 }).counts]).toEqual([0, 2])
  expect([...histogram(Float64Array.of(NaN, Infinity), { bins: 2 }).edges]).toEqual([0, 0.5, 1])
  const { counts, edges } = histogram(Float64Array.of(-Number.MAX_VALUE, 0, Number.MAX_VALUE), { bins: 2 })
  expect([...edges]).toEqual([-Number.MAX_VALUE, 0, Number.MAX_VALUE])
  expect([...counts]).toEqual([1, 2])
  expect([...histogram(Float64Array.of(2, 3), { bins: 2, range: [2, 2] }).counts]).toEqual([0, 1])
})
