/** A function that means something else than its text says is noticed at the first call, and is then called itself. */
import { kernel, type Kernel } from 'corepool'
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

describe('an asynchronous call of the function itself has copies of bound arrays', () => {
  const length = 200_000
  const operand = (): Float64Array => Float64Array.from({ length }, (_, i) => i % 256)

  test('that are filled or detached meanwhile', async () => {
    Math.abs = (x) => original(x) + 1
    const lut = Float64Array.from({ length: 256 }, (_, i) => i * 3)
    const f = kernel('(x) => lut[x] + Math.abs(x) + lut.length', { bindings: { lut, unused: Int8Array.of(1) } })
    const expected = operand().map((x) => x * 3 + x + 1 + 256)
    const first = f.async(operand())
    lut.fill(-1e30)
    expectSame(await first, expected)
    expect(f.info.engine).toBe('js')
    // The next call sees what is there now.
    expect((await f.async(operand()))[5]).toBe(-1e30 + 6 + 256)
    lut.set(lut.map((_, i) => i * 3))
    const second = f.async(operand())
    structuredClone(lut, { transfer: [lut.buffer] })
    expectSame(await second, expected)
    expect(() => f.async(operand())).toThrow(expect.objectContaining({ code: 'ERR_DETACHED' }))
  })

  test('and where one that it does not use is gone', async () => {
    Math.abs = (x) => original(x) + 1
    const [lut, gone] = [Float64Array.of(5, 6), Float64Array.of(1)]
    const f = kernel('(x) => lut[x] * Math.abs(x)', { bindings: { lut, gone } })
    structuredClone(gone, { transfer: [gone.buffer] })
    expect(await f.async(Float64Array.of(0, 1))).toEqual(Float64Array.of(5, 12))
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

describe('the constants of the text are among the samples', () => {
  const length = 1000
  const [k, rare] = [77.125, 12345.678]
  /** A function whose `Number` is another for one value, which the call has where no sample is taken. */
  const cases: [name: string, odd: number, make: (Number: (x: number) => number) => Kernel][] = [
    ['itself', rare, (Number) => kernel((x: number) => (x === 12345.678 ? Number(x) : 1))],
    ['negative', -rare, (Number) => kernel((x: number) => (x < -12345.678 ? 1 : Number(x)))],
    ['the next double', 12345.678000000002, (Number) => kernel((x: number) => (x > 12345.678 ? Number(x) : 1))],
    ['the double before', 12345.677999999998, (Number) => kernel((x: number) => (x < 12345.678 ? Number(x) : 1))],
    ['the next integer', 5001, (Number) => kernel((x: number) => (x > 5000 ? Number(x) : 1))],
    ['the integer before', 4999, (Number) => kernel((x: number) => (x >= 5000 ? 1 : Number(x)))],
    ['computed of others', Math.PI * 1234, (Number) => kernel((x: number) => (x === Math.PI * 1234 ? Number(x) : 1))],
    ['of which the program has nothing', rare, (Number) => kernel((x: number) => (x === 12345.678 ? Number(x) : x))],
    [
      'after many of a loop',
      rare,
      (Number) =>
        kernel((x: number) => {
          let s = 0
          for (let i = 0; i < 200; i++) s += i
          return x === 12345.678 ? Number(x) : s
        }),
    ],
  ]
  test.each(cases)('%s', (_, odd, make) => {
    const f = make((x) => (x === odd ? 0.25 : x))
    const values = new Float64Array(length).fill(1)
    values[101] = odd
    expect((f(values) as Float64Array)[101]).toBe(0.25)
    expect(f.info).toMatchObject({ engine: 'js', reason: expect.stringContaining('The function itself') })
  })

  test('of a second parameter, and near those of the first', () => {
    const f = ((Number: (x: number) => number) =>
      kernel((x: number, y: number) => (x > 5000 && y === 12345.678 ? Number(y) : 1)))((y) => (y === rare ? 0.25 : y))
    const [values, others] = [new Float64Array(length).fill(5001), new Float64Array(length).fill(2)]
    others[101] = rare
    expect((f(values, others) as Float64Array)[101]).toBe(0.25)
  })

  test('bound numbers, too', () => {
    Math.abs = (x) => (x === k ? 0.25 : original(x))
    const f = kernel('(x) => (x === k ? Math.abs(x) : 1)', { bindings: { k } })
    const values = new Float64Array(length).fill(1)
    values[101] = k
    expect((f(values) as Float64Array)[101]).toBe(0.25)
  })

  test('constants of bigints', () => {
    const own = { asIntN: (_: number, x: bigint) => (x === 123456789n ? 5n : x) }
    const f = ((BigInt: typeof own) => kernel((x: bigint) => BigInt.asIntN(64, x) + 123456789n))(own)
    const values = new BigInt64Array(length)
    values[101] = 123456789n
    expect((f(values as never) as unknown as BigInt64Array)[101]).toBe(123456794n)
  })
})
