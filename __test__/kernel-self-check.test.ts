/** A function that means something else than its text says is noticed at the first call, and is then called itself. */
import { kernel } from 'corepool'
import { afterEach, describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'

const xs = Float64Array.from({ length: 1500 }, (_, i) => i / 10 - 75)
const original = Math.abs

afterEach(() => {
  Math.abs = original
})

describe('a name that looks global', () => {
  test('Math of the surroundings gives its own values', () => {
    const f = ((Math: { abs(x: number): number }) => kernel((x: number) => Math.abs(x) + 1))({ abs: (x) => x * 2 })
    expectSame(
      f(xs),
      xs.map((x) => x * 2 + 1),
    )
    expect(f.info).toMatchObject({ engine: 'js', reason: expect.stringContaining('a name that it uses') })
    expect(f(3)).toBe(7)
  })

  test('isNaN of the surroundings, which throws, throws in a call too', () => {
    const broken = (): boolean => {
      throw new RangeError('mine')
    }
    const f = ((isNaN: (x: number) => boolean) => kernel((x: number) => (isNaN(x) ? 1 : x)))(broken)
    expect(() => f(xs)).toThrow('mine')
    expect(f.info.reason).toContain('mine')
  })

  test('what is thrown needs no text', () => {
    const thrown = Object.create(null) as object
    const broken = (): boolean => {
      throw thrown
    }
    const f = ((isNaN: (x: number) => boolean) => kernel((x: number) => (isNaN(x) ? 1 : x)))(broken)
    let caught: unknown
    try {
      f(xs)
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(thrown)
  })

  test('what the function throws rejects an asynchronous call, and what was moved is handed back', async () => {
    const mine = new RangeError('mine')
    const strict = (x: number): boolean => {
      if (x === 20) throw mine
      return x > 0
    }
    const f = ((isNaN: (x: number) => boolean) => kernel((x: number) => (isNaN(x) ? 1 : x)))(strict)
    const transfer = [xs.slice()]
    // Far behind the samples, and behind the first slice: the call has begun by then.
    const long = new Float64Array(200_000).fill(1)
    long[150_001] = 20
    await expect(f.async(transfer[0] as Float64Array, { transfer })).rejects.toBe(mine)
    expect(transfer[0]).toHaveLength(xs.length)
    await expect(f.async(long)).rejects.toBe(mine)
    expect(f.info.engine).toBe('js')
  })
})

describe('a function of Math that was replaced', () => {
  test('counts as it is', () => {
    Math.abs = (x) => original(x) + 1
    const f = kernel((x: number) => Math.abs(x) * 2)
    expectSame(
      f(xs),
      xs.map((x) => (original(x) + 1) * 2),
    )
    expect(f.info).toMatchObject({ engine: 'js', reason: expect.stringContaining('Math') })
  })

  test('counts in asynchronous calls, of other dtypes, and with an index', async () => {
    Math.abs = (x) => original(x) + 1
    const f = kernel((x: number, i: number) => Math.abs(x) + i, { index: true })
    const bytes = Int16Array.from(xs)
    const expected = bytes.map((x, i) => original(x) + 1 + i)
    expectSame(await f.async(bytes), expected)
    expectSame(f(bytes), expected)
  })
})

test('the values of the call itself are among the samples', () => {
  // Differs for one value only, which no list of special values has.
  const odd = 123.456
  const f = ((Number: (x: number) => number) => kernel((x: number) => Number(x)))((x) => (x === odd ? 0 : x))
  const values = new Float64Array(100).fill(1)
  values[99] = odd
  expect(f(values)[99]).toBe(0)
  expect(f.info.engine).toBe('js')
})

test('a kernel whose text is right says no reason of that kind', () => {
  const f = kernel((x: number) => Math.abs(x) + 1)
  expectSame(
    f(xs),
    xs.map((x) => original(x) + 1),
  )
  expect(f.info.reason ?? '').not.toContain('The function itself')
})
