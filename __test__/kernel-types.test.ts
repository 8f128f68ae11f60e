/** The types of kernel() and of its kernels; checked by the compiler, which refuses this file where one is wrong. */
import {
  explain,
  kernel,
  Process,
  square,
  type Explanation,
  type Kernel,
  type KernelInfo,
  type KernelOptions,
  type NumericArray,
} from 'corepool'
import { expect, test } from 'vitest'
import { hold, type Same } from './fixtures/same-types.ts'

const [doubles, bytes, longs] = [Float64Array.of(1, 2), Uint8Array.of(1, 2), BigInt64Array.of(1n, 2n)]

test('a kernel takes as many operands as its function has parameters', () => {
  const f = kernel((x: number, y: number) => x * y)
  hold<Same<typeof f, Kernel<[x: number, y: number]>>>()
  const [a, b, c] = [f(1, 2), f(doubles, 2), f(2, bytes)]
  hold<Same<typeof a, number>>()
  hold<Same<typeof b, Float64Array<ArrayBuffer>>>()
  hold<Same<typeof c, Uint8Array<ArrayBuffer>>>()
  expect([a, b, c]).toEqual([2, Float64Array.of(2, 4), Uint8Array.of(2, 4)])
  // @ts-expect-error one operand is missing
  expect(() => f(doubles)).toThrow()
  // @ts-expect-error a text is no operand
  expect(() => f(doubles, 'text')).toThrow()
})

test('out and dtype say what the result is, one of them at a time', () => {
  const f = kernel((x: number) => x * 2)
  const [into, as] = [f(doubles, { out: bytes }), f(doubles, { dtype: 'int16' })]
  hold<Same<typeof into, Uint8Array<ArrayBuffer>>>()
  hold<Same<typeof as, Int16Array>>()
  expect([into, as]).toEqual([Uint8Array.of(2, 4), Int16Array.of(2, 4)])
  // @ts-expect-error both
  expect(() => f(doubles, { out: bytes, dtype: 'int8' })).toThrow()
  // @ts-expect-error no such dtype
  expect(() => f(doubles, { dtype: 'int128' })).toThrow()
})

test('what numbers alone give is what the function returns', () => {
  const isSmall = kernel((x: number) => x < 3)
  const answer = isSmall(2)
  hold<Same<typeof answer, boolean>>()
  expect(answer).toBe(true)
  const wide = kernel((x: bigint) => x * x)
  const squared = wide(longs)
  hold<Same<typeof squared, BigInt64Array<ArrayBuffer>>>()
  expect(squared).toEqual(BigInt64Array.of(1n, 4n))
  // @ts-expect-error a kernel returns no text
  expect(() => kernel((x: number) => String(x))).toThrow()
})

test('a kernel as the callback of an array gives what its function returns, and as a target an array', async () => {
  const f = kernel((x: number, y: number) => x + y)
  const isSmall = kernel((x: number) => x < 2)
  const squares = [1, 2, 3].map(square)
  const from = Array.from(doubles, square)
  const sums = [1, 2].map(f)
  const small = [1, 2].map(isSmall)
  const ofText = [1, 2].map(kernel('x + 1'))
  const typed = doubles.map(square)
  hold<Same<typeof squares, number[]>>()
  hold<Same<typeof from, number[]>>()
  hold<Same<typeof sums, number[]>>()
  hold<Same<typeof small, boolean[]>>()
  hold<Same<typeof ofText, number[]>>()
  hold<Same<typeof typed, Float64Array<ArrayBuffer>>>()
  expect([squares, from, sums]).toEqual([
    [1, 4, 9],
    [1, 4],
    [1, 3],
  ])
  expect([small, ofText, typed]).toEqual([[true, false], [2, 3], Float64Array.of(1, 4)])
  const result = await new Process({ target: f, args: [doubles, 2] }).start().result
  hold<Same<typeof result, NumericArray>>()
  expect(result).toEqual(Float64Array.of(3, 4))
})

test('the index is no operand', () => {
  const ramp = kernel((x: number, i: number) => x + i, { index: true })
  hold<Same<typeof ramp, Kernel<[number]>>>()
  expect(ramp(doubles)).toEqual(Float64Array.of(1, 3))
})

test('of a text the number of operands is open', async () => {
  const f = kernel('(a, b) => a + b')
  hold<Same<typeof f, Kernel>>()
  const sum = await f.async(doubles, doubles)
  hold<Same<typeof sum, Float64Array<ArrayBuffer>>>()
  expect(sum).toEqual(Float64Array.of(2, 4))
})

test('bindings are numbers, booleans, arrays of numbers, and functions of numbers', () => {
  expect(kernel('x + a', { bindings: { a: 1, b: true, c: bytes, d: Math.sin } })(1)).toBe(2)
  // @ts-expect-error a text
  expect(() => kernel('x + a', { bindings: { a: 'text' } })).toThrow()
  // @ts-expect-error no such option
  expect(() => kernel('x', { binding: {} })).toThrow()
})

test('options may be made before', () => {
  const options: KernelOptions = { name: 'twice' }
  const f = kernel((x: number) => x * 2, options)
  hold<Same<typeof f, Kernel<[x: number]>>>()
  expect(f.name).toBe('twice')
})

test('info and explain() are read-only', () => {
  const { info } = square
  hold<Same<typeof info, KernelInfo>>()
  hold<Same<typeof info.scalarLanes, number>>()
  expect(() => {
    // @ts-expect-error read-only
    info.engine = 'js'
  }).toThrow(TypeError)
  const explained = explain(square)
  hold<Same<typeof explained, Explanation>>()
  expect(Object.isFrozen(explained)).toBe(true)
})
