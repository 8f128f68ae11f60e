/** Kernels of bigints: what commutes with 64 bits is computed, and all else is refused. */
import { kernel, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'
import { bigintArrays } from './fixtures/random-arrays.ts'

test('what commutes with 64 bits is compiled, and wraps as stores do', () => {
  const formulas = [
    (x: bigint, y: bigint): bigint => x * x + 3n * y,
    (x: bigint, y: bigint): bigint => (x ^ ~y) & ((x | 5n) - y),
    (x: bigint, y: bigint): bigint => -x + (y << 5n) - (x << 70n),
    (x: bigint, y: bigint): bigint => x ** 5n + y,
    (x: bigint, y: bigint): bigint => {
      let s = 0n
      for (let i = 0; i < 3; i++) s += x * BigInt(i)
      s++
      return BigInt.asIntN(64, s) - (1n << 65n) / 3n + y
    },
  ]
  const some = [0n, 1n, -1n, 3n, 2n ** 63n - 1n, -(2n ** 63n), 3037000500n, -12345678901234n]
  for (const formula of formulas) {
    const f = kernel(formula)
    for (const [, Bigints] of bigintArrays) {
      const [a, b] = [new Bigints(some), new Bigints(some.toReversed())]
      const expected = new Bigints(Array.from(a, (v, i) => formula(v, b[i] as bigint)))
      expectSame(f(a, b) as NumericArray, expected)
    }
  }
})

test('one text serves numbers and bigints', () => {
  const f = kernel((x: number) => x * x * x)
  expect(f(Float64Array.of(3))).toEqual(Float64Array.of(27))
  expect(f(BigInt64Array.of(3n))).toEqual(BigInt64Array.of(27n))
  expect(f(BigUint64Array.of(2n ** 40n + 1n))).toEqual(BigUint64Array.of(BigInt.asUintN(64, (2n ** 40n + 1n) ** 3n)))
  expect(kernel('(x, y) => x - y')(BigInt64Array.of(3n), 5n)).toEqual(BigInt64Array.of(-2n))
})

test('null equals no bigint', () => {
  const f = kernel('(x) => x + (0n == null ? 1n : 2n) + (null !== 0n ? 10n : 20n)')
  expect(f(BigInt64Array.of(5n) as never)).toEqual(BigInt64Array.of(17n))
  expect(f.info.reason ?? '').not.toContain('The function itself')
})

test('what bound numbers decide is decided while compiling, for each of their values', () => {
  const text = '(x) => { let r = on ? x : -x; if (k > 2) r = r * 3n; return r }'
  const longs = BigInt64Array.of(5n, -7n, 2n ** 63n - 1n)
  for (const on of [true, false]) {
    for (const k of [2, 3]) {
      const formula = (x: bigint): bigint => (on ? x : -x) * (k > 2 ? 3n : 1n)
      const f = kernel(text, { bindings: { on, k } })
      expectSame(f(longs as never) as never, longs.map(formula))
      expect(f.info.reason ?? '').not.toContain('The function itself')
    }
  }
})

test('what an index, an element, a length or the bound number of a text for numbers decides is refused', () => {
  const longs = BigInt64Array.of(5n, -7n) as never
  const lut = Float64Array.of(1, 2)
  const refused = expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED' })
  expect(() => kernel('(x, i) => (i > 2 ? x : x * 2n)', { index: true })).toThrow(refused)
  expect(() => kernel('(x) => (lut[0] > 2 ? x : x * 2n)', { bindings: { lut } })).toThrow(refused)
  expect(() => kernel('(x) => (lut.length > 2 ? x : x * 2n)', { bindings: { lut } })).toThrow(refused)
  for (const k of [1, 3]) {
    const f = kernel('(x) => (k > 2 ? x : x * x)', { bindings: { k } })
    expect(() => f(longs)).toThrow(refused)
    expect(f(Float64Array.of(3))).toEqual(Float64Array.of(k > 2 ? 3 : 9))
  }
})

describe('BigInt of a bound number', () => {
  const longs = BigInt64Array.of(5n, -7n, 2n ** 63n - 1n) as never
  const bind = (text: string, bindings: NonNullable<Parameters<typeof kernel>[1]>['bindings'] & object) =>
    kernel(text, { bindings })

  test('is that of its value, whatever was bound to the name before', () => {
    for (const k of [3, -0, 0, -1, 2 ** 53, -(2 ** 70), true, false]) {
      const f = bind('(x) => x * BigInt(k) + 1n', { k })
      expectSame(
        f(longs) as never,
        BigInt64Array.from(longs as BigInt64Array, (x) => x * BigInt(k) + 1n),
      )
      expect(f.info).toMatchObject({ engine: kernel('x').info.engine })
      expect(f.info.reason ?? '').not.toContain('The function itself')
    }
  })

  test('also of what is computed of bound numbers alone, and back to a number', () => {
    const half = (z: number): number => z / 2
    expect(bind('(x) => x + BigInt(half(k) + j)', { half, k: 6, j: 4 })(longs)).toEqual(
      BigInt64Array.of(12n, 0n, -(2n ** 63n) + 6n),
    )
    expect(bind('(x) => x * Number(BigInt(k))', { k: 3 })(Float64Array.of(2))).toEqual(Float64Array.of(6))
    expect(bind('(x) => BigInt.asIntN(half * 2, x)', { half: 32 })(longs)).toEqual(longs)
  })

  test.each([0.5, NaN, Infinity, -1e-9])('%d, which is no integer, is refused, as it throws in JavaScript', (k) => {
    expect(() => BigInt(k)).toThrow(RangeError)
    for (const text of ['(x) => x * BigInt(k)', `(x) => x * BigInt(${k})`]) {
      const refused = {
        code: 'ERR_KERNEL_UNSUPPORTED',
        line: 1,
        column: 12,
        reason: `it throws in JavaScript: BigInt(${k}) is a RangeError`,
      }
      expect(() => bind(text, { k })).toThrow(expect.objectContaining(refused))
    }
    // Where no lane comes to it, nothing is thrown there either.
    expect(bind('(x) => (Number.isInteger(k) ? x * BigInt(k) : x + 2n)', { k })(longs)).toEqual(
      BigInt64Array.of(7n, -5n, -(2n ** 63n) + 1n),
    )
  })

  test('a length, an element or an index is refused still', () => {
    const lut = Float64Array.of(3)
    const refused = expect.objectContaining({
      code: 'ERR_KERNEL_UNSUPPORTED',
      reason: expect.stringContaining('bigints'),
    })
    expect(() => bind('(x) => x * BigInt(lut.length)', { lut })).toThrow(refused)
    expect(() => bind('(x) => x * BigInt(lut[0] * k)', { lut, k: 1 })).toThrow(refused)
    expect(() => kernel('(x, i) => x * BigInt(i + k)', { bindings: { k: 1 }, index: true })).toThrow(refused)
    expect(() => bind('(x) => 2n * BigInt(x + k)', { k: 1 })).toThrow(refused)
  })
})

test('BigInt.asIntN of 64 bits is what arrays do', () => {
  const f = kernel((x: bigint) => BigInt.asIntN(64, x * x))
  const big = 2n ** 40n + 1n
  expect(f(BigInt64Array.of(big))).toEqual(BigInt64Array.of(BigInt.asIntN(64, big * big)))
})

test.each([
  ['x / 2n', '/'],
  ['x % 2n', '%'],
  ['x >> 1n', '>>'],
  ['x > 2n ? x : 1n', 'values of bigints'],
  ['x + 1', 'bigints beside numbers'],
  ['x + 0.5 * 2', 'bigints beside numbers'],
])('%s is refused', (text, reason) => {
  expect(() => kernel(text)(BigInt64Array.of(1n) as never)).toThrow(
    expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining(reason) }),
  )
})

describe('BigInt.asIntN of a bound number of bits', () => {
  const longs = BigInt64Array.of(2n ** 40n + 13n, -5n) as never
  /** As many bound numbers before it as there are bits in an element. */
  const before = Object.fromEntries(Array.from({ length: 64 }, (_, k) => [`b${k}`, 1]))
  const uses = Object.keys(before).map((name) => `const of_${name} = ${name};`)

  test('is that of its value', () => {
    const f = kernel('(x) => BigInt.asIntN(bits, x * x)', { bindings: { bits: 64 } })
    expect(f(longs)).toEqual(BigInt64Array.of(BigInt.asIntN(64, (2n ** 40n + 13n) ** 2n), 25n))
  })

  test.each([0, 3, 32, 65, 64.5, NaN])('%d, which arrays do not do, is refused wherever it is bound', (bits) => {
    for (const [text, others] of [
      ['(x) => BigInt.asIntN(bits, x)', {}],
      [`(x) => { ${uses.join(' ')} return BigInt.asUintN(bits, x) }`, before],
    ] as const) {
      expect(() => kernel(text, { bindings: { ...others, bits } })(longs)).toThrow(
        expect.objectContaining({
          code: 'ERR_KERNEL_UNSUPPORTED',
          reason: expect.stringContaining('does not commute'),
        }),
      )
    }
  })

  test('nor is a length, or what is computed of one', () => {
    const lut = new Float64Array(64)
    for (const text of ['(x) => BigInt.asIntN(lut.length, x)', '(x) => BigInt.asIntN(lut[0], x)']) {
      expect(() => kernel(text, { bindings: { lut } })(longs)).toThrow(
        expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining('asIntN') }),
      )
    }
  })
})

test('what a call refuses is said of its own kernel, whichever had the same text before', () => {
  const longs = BigInt64Array.of(1n) as never
  const half = (x: number): number => x / 2
  const other = { half: (x: number): number => x / 2 }.half
  Object.defineProperty(other, 'name', { value: 'other' })
  for (const name of ['first', 'second', 'third']) {
    expect(() => kernel('(x) => x * 2', { name })(longs)).toThrow(new RegExp(`^${name} cannot be compiled`))
    expect(() => kernel('(x) => x + 2n', { name })(Float64Array.of(1))).toThrow(new RegExp(`^${name} cannot be comp`))
  }
  for (const g of [half, other]) {
    expect(() => kernel('(x) => g(x)', { bindings: { g } })(longs)).toThrow(new RegExp(`^${g.name} cannot be compiled`))
  }
})

test('functions that are built into JavaScript refuse them by dtype', () => {
  const longs = BigInt64Array.of(4n, 0n) as never
  for (const fn of [Math.sqrt, Math.max, Number, Boolean, Number.isInteger, isNaN]) {
    const f = kernel(fn as (...numbers: number[]) => number)
    const args = f.length === 1 ? [longs] : [longs, 2n as never]
    const refused = expect.objectContaining({ code: 'ERR_DTYPE', message: expect.stringContaining('takes numbers') })
    expect(() => f(...(args as [never]))).toThrow(refused)
    expect(() => f.async(...(args as [never]))).toThrow(refused)
  }
})

test('a kernel of bigints refuses arrays of numbers', () => {
  expect(() => kernel('x + 1n')(Float64Array.of(1))).toThrow(
    expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', name: 'KernelError' }),
  )
})
