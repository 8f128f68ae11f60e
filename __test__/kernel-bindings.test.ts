/** What a kernel reads from outside: numbers, booleans, arrays and functions, given in bindings. */
import { runInThisContext } from 'node:vm'
import * as corepool from 'corepool'
import { kernel, KernelError, square, type KernelOptions, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { revokedProxy } from './fixtures/bad-input.ts'
import { expectSame } from './fixtures/expect-same.ts'
import { numberArrays } from './fixtures/random-arrays.ts'

const xs = Float64Array.from([-3, -1, -0, 0, 0.5, 1, 2, 3, 7, NaN, Infinity])

function on(text: string, bindings: KernelOptions['bindings']): NumericArray {
  return kernel(text, { bindings: bindings ?? {} })(xs) as NumericArray
}

describe('numbers and booleans', () => {
  test('are what they were when the kernel was made', () => {
    const bindings = { gain: 3, on: true }
    const f = kernel('(x) => (on ? x * gain : -1)', { bindings })
    bindings.gain = 100
    expectSame(
      f(xs) as NumericArray,
      xs.map((x) => x * 3),
    )
    expect(f(2)).toBe(6)
    expectSame(
      on('(x) => (on ? x * gain : -1)', { gain: -0, on: true }),
      xs.map((x) => x * -0),
    )
    expectSame(
      on('(x) => (on ? x * gain : -1)', { gain: 2, on: false }),
      xs.map(() => -1),
    )
    expectSame(
      on('(x) => x + on', { on: true }),
      xs.map((x) => x + 1),
    )
    expectSame(on('(x) => (on === 1 ? 5 : x)', { on: true }), xs)
  })

  test('bound a loop, which is compiled for their values', () => {
    const text = '(x) => { let s = 1; for (let i = 0; i < n; i++) s = s * x + a; return s }'
    for (const n of [0, 1, 3, 5]) {
      for (const a of [2, -0]) {
        const expected = xs.map((x) => {
          let s = 1
          for (let i = 0; i < n; i++) s = s * x + a
          return s
        })
        expectSame(on(text, { n, a }), expected)
      }
    }
    expect(() => on(text, { n: 1e9, a: 1 })).toThrow(KernelError)
  })

  test('are named only where they are used', () => {
    expect(kernel('(x) => x', { bindings: { k: 1, lut: Float64Array.of(1) } })(3)).toBe(3)
    expect(kernel('(k) => k + 1', { bindings: { k: 100 } })(3)).toBe(4)
  })
})

describe('arrays', () => {
  test('give NaN for what is no index of them, and are read as they are at each call', () => {
    const lut = Float64Array.of(10, 20, 30)
    const f = kernel('(x) => lut[x] + 1', { bindings: { lut } })
    expectSame(f(xs) as NumericArray, Float64Array.of(NaN, NaN, 11, 11, NaN, 21, 31, NaN, NaN, NaN, NaN))
    lut[1] = -1
    expect(f(Float64Array.of(1))).toEqual(Float64Array.of(0))
    expect(f(1)).toBe(0)
  })

  test('of every dtype, empty ones too', () => {
    for (const [, From] of numberArrays) {
      const lut = new From([3, -1, 200, 1.5])
      const table = Array.from(lut as ArrayLike<number>)
      expectSame(
        on('(x) => lut[x] * 2', { lut }),
        xs.map((x) => (table[x] ?? NaN) * 2),
      )
    }
    expectSame(
      on('(x) => lut[x]', { lut: new Float64Array() }),
      xs.map(() => NaN),
    )
  })

  test('have a length, and stand in their own buffer', () => {
    const lut = new Float32Array(new ArrayBuffer(64), 8, 3).fill(2)
    expectSame(
      on('(x) => lut[x & 7] + lut.length', { lut }),
      xs.map((x) => (lut[x & 7] ?? NaN) + 3),
    )
  })

  test('interpolation, an index of several', () => {
    const a = Float64Array.from({ length: 16 }, (_, i) => i * i)
    const text = '(x) => { const i = Math.floor(x), t = x - i; return a[i] * (1 - t) + a[i + 1] * t + b[i & 1] }'
    const b = Uint8Array.of(1, 2)
    const fn = runInThisContext(`(a, b) => ${text}`) as (a: unknown, b: unknown) => (x: number) => number
    expectSame(on(text, { a, b }), xs.map(fn(a, b)))
  })

  test.each([
    ['lut', 'read an element'],
    ['lut[0] === lut[1]', 'undefined'],
    ['lut[x] === undefined', 'undefined'],
    ['lut[x] ?? 1', 'undefined'],
    ['lut.map(Math.sin)[0]', 'map'],
    ['lut[x > 1]', 'key'],
  ])('%s is refused', (text, reason) => {
    const bindings = { lut: Float64Array.of(1, 2) }
    expect(() => kernel(`(x) => ${text}`, { bindings })).toThrow(
      expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining(reason) }),
    )
  })

  test('that are gone, may change their length, or overlap the output are refused, and the kernel stays usable', () => {
    const lut = Float64Array.of(1, 2, 3, 4)
    const f = kernel('(x) => lut[x]', { bindings: { lut } })
    expect(() => f(Float64Array.of(1), { out: lut.subarray(1, 2) })).toThrow(
      expect.objectContaining({ code: 'ERR_OVERLAP' }),
    )
    expect(f(Float64Array.of(1))).toEqual(Float64Array.of(2))
    expect(() => f(Float64Array.of(1), { out: lut.subarray(1, 2) })).toThrow(
      expect.objectContaining({ code: 'ERR_OVERLAP' }),
    )
    structuredClone(lut, { transfer: [lut.buffer] })
    expect(() => f(Float64Array.of(1))).toThrow(expect.objectContaining({ code: 'ERR_DETACHED' }))
    const resizable = new Float64Array(new ArrayBuffer(8, { maxByteLength: 16 } as never))
    expect(() => kernel('(x) => a[x]', { bindings: { a: resizable } })).toThrow(
      expect.objectContaining({ code: 'ERR_RESIZABLE' }),
    )
  })
})

describe('functions', () => {
  const scale = (v: number, by = 2): number => (v > 1 ? v * by : -v)

  test('are inlined, with what they use themselves', () => {
    const bindings = { scale, twice: (v: number) => scale(v) * offset, offset: 3 }
    const offset = 3
    expectSame(
      on('(x) => twice(x) - scale(x, 5)', bindings),
      xs.map((x) => scale(x) * offset - scale(x, 5)),
    )
  })

  test('of Math, and kernels', () => {
    expectSame(
      on('(x) => root(x) + sq(x)', { root: Math.sqrt, sq: square as never }),
      xs.map((x) => Math.sqrt(x) + x * x),
    )
    const inner = kernel((x: number) => x * 3 + 1)
    expectSame(
      on('(x) => inner(x) - 1', { inner: inner as never }),
      xs.map((x) => x * 3 + 1 - 1),
    )
    const sine = kernel(Math.abs)
    expectSame(on('(x) => f(x)', { f: sine as never }), xs.map(Math.abs))
  })

  test('that cannot be compiled are refused at their own place', () => {
    expect(() => on('(x) => f(x)', { f: (v: number) => v + Number(String(v)) })).toThrow(
      expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', message: expect.stringContaining('String(v)') }),
    )
    expect(() => on('(x) => f(x)', { f: Math.random })).toThrow(
      expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED' }),
    )
    expect(() => on('(x) => f(x)', { f: (v: number) => missing + v })).toThrow(
      expect.objectContaining({ code: 'ERR_TARGET_CAPTURES', message: expect.stringContaining('missing') }),
    )
    expect(() => on('(x) => f(x)', { f: scale.bind(null) })).toThrow(/bound function/)
  })
})

describe('a bound kernel is what its call with numbers is', () => {
  type Numbers = (...numbers: number[]) => number

  /** All kernels inherit from one object. */
  const isKernel = (value: unknown): boolean =>
    typeof value === 'function' && Object.getPrototypeOf(value) === Object.getPrototypeOf(square)

  /** Fails unless the kernel of the text gives, for each element, what the text gives that calls `g` with numbers. */
  function expectCalls(text: string, g: unknown, others: KernelOptions['bindings'] = {}): void {
    const bindings = { ...others, g: g as Numbers }
    const names = Object.keys(bindings)
    const make = runInThisContext(`(${names.join(', ')}) => ${text}`) as (...values: unknown[]) => (x: number) => number
    const plain = make(...names.map((name) => bindings[name as 'g']))
    const compiled = kernel(text, { bindings })
    expectSame(
      compiled(xs) as NumericArray,
      xs.map((x) => plain(x)),
    )
    expect(compiled.info.reason ?? '').not.toContain('The function itself')
    const rare = kernel(`(x) => x === 12345.678 ? (${text})(3) : x`, { bindings })
    expectSame(rare(Float64Array.of(1, 12345.678)) as NumericArray, Float64Array.of(1, plain(3)))
  }

  test('with the bindings that it was made with, not those of the kernel that calls it', () => {
    const g = kernel((x: number) => x * k, { bindings: { k: 3 } })
    expectCalls('(x) => g(x) + k', g, { k: 5 })
    const inner = kernel((x: number) => (lut[x & 3] as number) + lut.length * h(x, k), {
      bindings: { lut: Float64Array.of(1, 2, 3, 4), k: 0.5, h: (a: number, b: number) => a * b },
    })
    expectCalls('(x) => g(x) - lut[x & 1] * k', inner, { k: -0, lut: Uint8Array.of(7, 8), h: Math.abs })
    const outer = kernel((x: number) => h(x) + k, { bindings: { h: g as never, k: 100 } })
    expectCalls('(x) => g(x) * k', outer, { k: 7 })
  })

  test('and two of one text have each its own', () => {
    const times = (k: number): Numbers => kernel('(x) => x * k', { bindings: { k } }) as unknown as Numbers
    expectSame(
      on('(x) => a(x) - b(x)', { a: times(2), b: times(5) }),
      xs.map((x) => x * 2 - x * 5),
    )
    expectSame(
      on('(x) => a(x) - b(x)', { a: times(3), b: times(-0) }),
      xs.map((x) => x * 3 - x * -0),
    )
  })

  test('whose numbers bound a loop', () => {
    const repeated = (n: number): Numbers => {
      return kernel('(x) => { let s = 0; for (let i = 0; i < n; i++) s += x; return s }', { bindings: { n } }) as never
    }
    for (const n of [0, 2, 4]) {
      const g = repeated(n)
      expectSame(
        on('(x) => g(x)', { g }),
        xs.map((x) => g(x)),
      )
    }
  })

  test('whose array is gone is refused at the call', () => {
    const lut = Float64Array.of(1, 2)
    const g = kernel('(x) => lut[x & 1]', { bindings: { lut } }) as unknown as Numbers
    const f = kernel('(x) => g(x)', { bindings: { g } })
    expectSame(f(Float64Array.of(0, 1)) as NumericArray, lut)
    structuredClone(lut, { transfer: [lut.buffer] })
    expect(() => f(xs)).toThrow(expect.objectContaining({ code: 'ERR_DETACHED' }))
  })

  test('of as many operands as it has', () => {
    expectCalls(
      '(x) => g(x, 5)',
      kernel((x: number, by = 2) => by * x),
    )
    expectCalls('(x) => g(x, 9, 1e9)', kernel(Math.max))
    expectCalls('(x) => g(x, 9, 1e9)', kernel(Math.hypot))
    expectCalls('(x) => g(x, 9)', square)
  })

  test('with the index that it is called with, or 0', () => {
    const g = kernel((x: number, i: number) => x * 10 + i, { index: true })
    for (const call of ['g(x)', 'g(x, 7)', 'g(x, x)', 'g(x, undefined)', 'g(x, x > 1)', 'g(x, 7, 8)']) {
      expectCalls(`(x) => ${call}`, g)
    }
  })

  test.each(['g(x > 1)', 'g()', 'g(null)', 'g(5n)', 'g(lut)', 'g(undefined)', 'g([x])', 'g(() => x)'])(
    '%s, which throws, is refused',
    (call) => {
      for (const g of [kernel((x: number) => x), kernel(Math.abs), corepool.sin, square]) {
        const bindings = { g: g as unknown as Numbers, lut: Float64Array.of(1) }
        expect(() => kernel(`(x) => x + ${call}`, { bindings })).toThrow(
          expect.objectContaining({
            code: 'ERR_KERNEL_UNSUPPORTED',
            column: 12,
            reason: expect.stringContaining('"g"'),
          }),
        )
      }
    },
  )

  test('every built-in kernel', () => {
    const builtIn = Object.entries(corepool).filter(([, value]) => isKernel(value))
    expect(builtIn).toHaveLength(43)
    const [ys, zs] = [xs.toReversed(), xs.map((x) => x / 3 + 1)]
    for (const [name, value] of builtIn) {
      const g = value as unknown as Numbers
      const f = kernel(`(x, y, z) => ${name}(x, y, z, 1e9)`, { bindings: { [name]: g } })
      const expected = xs.map((x, i) => g(x, ys[i] as number, zs[i] as number))
      expectSame(f(xs, ys, zs) as NumericArray, expected)
      expect(f.info.reason ?? '', name).not.toContain('The function itself')
    }
  })
})

describe('wrong bindings are refused before anything is compiled', () => {
  test.each<[string, unknown, string]>([
    ['no object', 5, 'ERR_INVALID_ARG_TYPE'],
    ['a string', { k: 'a' }, 'ERR_INVALID_ARG_TYPE'],
    ['a plain array', { k: [1, 2] }, 'ERR_INVALID_ARG_TYPE'],
    ['an object', { k: {} }, 'ERR_INVALID_ARG_TYPE'],
    ['undefined', { k: undefined }, 'ERR_INVALID_ARG_TYPE'],
    ['a revoked Proxy', revokedProxy({}), 'ERR_INVALID_ARG_TYPE'],
    ['a revoked Proxy of an array', { k: revokedProxy([]) }, 'ERR_INVALID_ARG_TYPE'],
    [
      'a Proxy of a revoked Proxy of a function',
      { k: new Proxy(revokedProxy(Math.sin), {}) },
      'ERR_KERNEL_UNSUPPORTED',
    ],
    ['bigints', { k: BigInt64Array.of(1n) }, 'ERR_DTYPE'],
    ['no name', { 'a b': 1 }, 'ERR_INVALID_ARG_VALUE'],
    ['a reserved word', { yield: 1 }, 'ERR_INVALID_ARG_VALUE'],
  ])('%s', (_, bindings, code) => {
    expect(() => kernel('(x) => x', { bindings } as never)).toThrow(expect.objectContaining({ code }))
  })

  test('a name that is bound cannot be assigned', () => {
    expect(() => kernel('(x) => (k = x)', { bindings: { k: 1 } })).toThrow(/bound from outside/)
  })
})

declare const missing: number
declare const k: number
declare const lut: Float64Array
declare const h: (...numbers: number[]) => number

describe('a function with bindings is made anew of its text', () => {
  test('a global name that its surroundings declare is called where it is bound', () => {
    const isFinite = (x: number): number => Number(x > 0)
    const level = 1
    const f = kernel((x: number) => (isFinite(x) ? level : 0), { bindings: { level, isFinite } })
    const expected = xs.map((x) => (x > 0 ? level : 0))
    expectSame(f(xs), expected)
    expect(f.info.reason ?? '').not.toContain('The function itself')
    expect(xs.map((x) => f(x))).toEqual(expected)
  })

  test('strict where the text says so', () => {
    const fn = runInThisContext(`(function (x) {
      'use strict'
      function g() { return k }
      if (x > 0) { function g() { return -k } }
      return g() + 0 * x
    })`) as (x: number) => number
    const f = kernel(fn, { bindings: { k: 2 } })
    const values = Float64Array.of(5, -5, 7)
    expect(f(values)).toEqual(Float64Array.of(2, 2, 2))
    expect(f.info.reason ?? '').not.toContain('The function itself')
    expect(f(5)).toBe(2)
  })

  test('not where sloppy and strict code would differ', () => {
    const fn = runInThisContext(`(function (x) {
      function g() { return k }
      if (x > 0) { function g() { return -k } }
      return g() + 0 * x
    })`) as (x: number) => number
    expect(() => kernel(fn, { bindings: { k: 2 } })).toThrow(
      expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', line: 3, column: 20 }),
    )
  })
})
