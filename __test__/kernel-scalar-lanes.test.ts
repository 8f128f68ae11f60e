/** `info.scalarLanes`: the elements that no vector form of a function of Math covers show, however a kernel is called. */
import { describe, expect, test } from 'vitest'
import { atan2, isNative, kernel, sin, square, type Kernel, type NumericArray } from 'corepool'

const length = 50_000
const inside = Float64Array.from({ length }, (_, i) => i / length)
/** Every fifth angle is far beyond the vector form. */
const huge = inside.map((value, i) => (i % 5 === 0 ? 1e300 : value))
const left = isNative ? length / 5 : 0

type Call = (f: Kernel<[number]>, xs: NumericArray) => unknown
const calls: [name: string, call: Call][] = [
  ['a call', (f, xs) => f(xs)],
  ['a call with a result of another dtype', (f, xs) => f(xs, { dtype: 'float32' })],
  ['an asynchronous call', (f, xs) => f.async(xs)],
  ['a fused sum', (f, xs) => f.sum(xs)],
  ['a fused count', (f, xs) => f.count(xs)],
]

/** A text of its own for each kernel, since kernels of one text share their count. */
let texts = 0
const compiled = (): Kernel<[number]> => kernel(`(x) => Math.sin(x) + ${++texts}`) as Kernel<[number]>

describe.each(calls)('%s', (_call, call) => {
  test.each([
    ['sin', (): Kernel<[number]> => sin],
    ['a compiled kernel', compiled],
  ])('of %s counts the elements beyond the vector form, and no others', async (_name, make) => {
    const f = make()
    const before = f.info.scalarLanes
    await call(f, inside)
    expect(f.info.scalarLanes).toBe(before)
    await call(f, huge)
    expect(f.info.scalarLanes - before).toBe(left)
    await call(f, huge)
    expect(f.info.scalarLanes - before).toBe(2 * left)
  })
})

test('a kernel that was never called has counted nothing, and what is no function of Math never does', () => {
  expect(compiled().info.scalarLanes).toBe(0)
  square(huge)
  expect(square.info.scalarLanes).toBe(0)
})

test('each function of a kernel counts', () => {
  const f = kernel('(x) => Math.sin(x) + Math.cos(x)')
  f(huge)
  expect(f.info.scalarLanes).toBe(2 * left)
})

test('single values beside arrays are no elements', () => {
  const f = kernel('(x, y) => x + Math.sin(y)')
  f(inside, 1e300)
  expect(f.info.scalarLanes).toBe(0)
})

test('functions of two numbers count', () => {
  const before = atan2.info.scalarLanes
  atan2(
    inside,
    inside.map((_, i) => (i % 5 === 0 ? Infinity : 1)),
  )
  expect(atan2.info.scalarLanes - before).toBe(left)
})

test('kernels of one text share their count', () => {
  const text = '(x) => Math.sin(x) * 0.5'
  const [one, other] = [kernel(text), kernel(text)]
  one(huge)
  expect(other.info.scalarLanes).toBe(left)
})
