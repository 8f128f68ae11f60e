/** Reductions of compiled kernels: the bits of the reduction of their results in float64. */
import * as fc from 'fast-check'
import {
  all,
  any,
  argMax,
  argMin,
  count,
  kernel,
  max,
  mean,
  min,
  norm,
  prod,
  square,
  std,
  sum,
  variance,
  type Kernel,
} from 'corepool'
import { expect, test } from 'vitest'

const reductionsOfArrays = { sum, mean, variance, std, prod, norm, min, max, argMin, argMax, any, all, count }
const reductions: Readonly<Record<keyof typeof reductionsOfArrays, (xs: Float64Array) => number | boolean>> =
  reductionsOfArrays
declare const gain: number

const distance = kernel((x: number, y: number) => (x - y) ** 2)
const curve = kernel((x: number) => (x > 0.5 ? 3 * x * x - Math.sin(x) : -x))

test.each(Object.keys(reductions) as (keyof typeof reductions)[])('f.%s(xs, ys) is that of f(xs, ys)', (name) => {
  const arrays = fc.integer({ min: 0, max: 3000 }).chain((length) => {
    const array = fc.float64Array({ minLength: length, maxLength: length })
    return fc.tuple(array, array)
  })
  fc.assert(
    fc.property(arrays, ([xs, ys]) => {
      expect(distance[name](xs, ys)).toBe(reductions[name](distance(xs, ys)))
      expect(distance[name](xs, 0.25)).toBe(reductions[name](distance(xs, 0.25)))
      expect(curve[name](xs)).toBe(reductions[name](curve(xs)))
    }),
  )
})

test('results are reduced in float64, whatever the dtypes of the operands', () => {
  const xs = Int8Array.from({ length: 1000 }, (_, i) => i % 128)
  const ys = Float32Array.from({ length: 1000 }, (_, i) => i / 3)
  const expected = Float64Array.from(xs, (x, i) => (x - (ys[i] as number)) ** 2)
  expect(distance.sum(xs, ys)).toBe(sum(expected))
  expect(curve.max(xs)).toBe(max(curve(Float64Array.from(xs))))
})

test('bound numbers and arrays, and the index, are those of a call', () => {
  const table = Float64Array.from({ length: 256 }, (_, i) => Math.sqrt(i))
  const looked = kernel((x: number) => (table[x & 255] as number) * gain, { bindings: { table, gain: 0.1 } })
  const placed = kernel((x: number, i: number) => x * i, { index: true })
  const xs = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 7) % 251)
  expect(looked.sum(xs)).toBe(sum(looked(xs, { dtype: 'float64' })))
  expect(placed.norm(xs)).toBe(norm(placed(xs, { dtype: 'float64' })))
  table[0] = NaN
  expect(looked.argMax(xs)).toBe(argMax(looked(xs, { dtype: 'float64' })))
})

test('wrong operands are refused as a call refuses them, before anything runs', () => {
  expect(() => distance.sum(new Float64Array(3), new Float64Array(4))).toThrow(
    expect.objectContaining({ code: 'ERR_LENGTH_MISMATCH' }),
  )
  expect(() => distance.sum(new Float64Array(3))).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
})

test('bigints are refused, with the two steps that reduce them', () => {
  const bigints = BigInt64Array.of(3n, -4n)
  const longs = bigints as never
  const product = kernel((x: bigint, y: bigint) => x * y, { name: 'product' }) as unknown as Kernel<[number, number]>
  const weighted = kernel((x: number, y: number, z: number) => x * y + z, { name: 'weighted' })
  const calls: [call: () => unknown, advice: string][] = [
    [() => square.sum(longs), 'sum(square(xs))'],
    [() => product.max(longs, longs), 'max(product(xs, ys))'],
    [() => weighted.any(longs, longs, longs), 'any(weighted(xs, ys, …))'],
  ]
  for (const [call, advice] of calls) {
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_DTYPE', message: expect.stringContaining(advice) }))
    expect(call).not.toThrow('output')
  }
  expect(sum(square(bigints))).toBe(25n)
  expect(max(product(longs, longs) as unknown as BigInt64Array)).toBe(16n)
})
