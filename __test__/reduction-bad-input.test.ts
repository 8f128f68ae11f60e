import {
  all,
  any,
  argMax,
  argMin,
  count,
  dot,
  histogram,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  sumExact,
  variance,
} from 'corepool'
import { describe, expect, test } from 'vitest'
import { detachedArray, revokedProxy, thrown } from './fixtures/bad-input.ts'

/** What any caller without types can do. */
type Loose = (...args: unknown[]) => unknown

const reductions = {
  sum,
  sumExact,
  mean,
  variance,
  std,
  min,
  max,
  argMin,
  argMax,
  norm,
  prod,
  count,
  any,
  all,
  histogram,
} as unknown as Record<string, Loose>
const looseDot = dot as unknown as Loose

describe.each(Object.entries(reductions))('%s', (name, reduce) => {
  test.each([
    ['no argument', undefined, 'ERR_INVALID_ARG_TYPE', /typed array; received undefined/],
    ['a plain array', [1, 2], 'ERR_INVALID_ARG_TYPE', /Float64Array\.from/],
    ['a number', 3, 'ERR_INVALID_ARG_TYPE', /received number 3/],
    ['a DataView', new DataView(new ArrayBuffer(8)), 'ERR_INVALID_ARG_TYPE', /received a DataView/],
    ['a proxy of a typed array', new Proxy(new Float64Array(2), {}), 'ERR_INVALID_ARG_TYPE', /./],
    ['a revoked proxy', revokedProxy([]), 'ERR_INVALID_ARG_TYPE', /received a Proxy/],
    ['a detached array', detachedArray(4), 'ERR_DETACHED', /transfer/],
    ['a detached array that was empty', detachedArray(0), 'ERR_DETACHED', /transfer/],
    ['a detached array that was resizable', detachedArray(4, 64), 'ERR_DETACHED', /transfer/],
    ['a resizable array', new Float64Array(new ArrayBuffer(8, { maxByteLength: 16 })), 'ERR_RESIZABLE', /slice\(\)/],
  ])('refuses %s', (_what, x, code, message) => {
    const error = thrown(() => reduce(x))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.message).toContain(`${name}()`)
  })
})

const xs = Float64Array.of(1, 2, 3)

describe('options', () => {
  test.each([
    ['sum', [xs, 5], 'ERR_INVALID_ARG_TYPE', /options of sum\(\) must be a plain object/],
    [
      'sum',
      [xs, revokedProxy({})],
      'ERR_INVALID_ARG_TYPE',
      /options of sum\(\) must be a plain object; received a Proxy/,
    ],
    ['histogram', [xs, { range: revokedProxy([]) }], 'ERR_INVALID_ARG_TYPE', /range/],
    ['sum', [xs, { ordered: true }], 'ERR_INVALID_ARG_VALUE', /no option "ordered"; it has "order", "compensated"/],
    ['sum', [xs, { order: 'any' }], 'ERR_INVALID_ARG_VALUE', /'fixed' or 'sequential'/],
    ['sum', [xs, { compensated: 1 }], 'ERR_INVALID_ARG_TYPE', /compensated must be a boolean/],
    ['mean', [xs, { order: 'sequential', compensated: true }], 'ERR_INVALID_ARG_VALUE', /plain loop/],
    ['variance', [xs, { ddof: -1 }], 'ERR_INVALID_ARG_VALUE', /ddof/],
    ['variance', [xs, { ddof: Number.NaN }], 'ERR_INVALID_ARG_VALUE', /ddof/],
    ['std', [xs, { ddof: '1' }], 'ERR_INVALID_ARG_TYPE', /ddof must be a number/],
    ['std', [xs, { dof: 1 }], 'ERR_INVALID_ARG_VALUE', /no option "dof"; it has "ddof"/],
    ['histogram', [xs, { bins: 0 }], 'ERR_INVALID_ARG_VALUE', /bins must be a whole number from 1 on/],
    ['histogram', [xs, { bins: 2.5 }], 'ERR_INVALID_ARG_VALUE', /bins/],
    ['histogram', [xs, { bins: [0, 1] }], 'ERR_INVALID_ARG_TYPE', /bins must be a number/],
    ['histogram', [xs, { range: 3 }], 'ERR_INVALID_ARG_TYPE', /range/],
    ['histogram', [xs, { range: [0] }], 'ERR_INVALID_ARG_VALUE', /range/],
    ['histogram', [xs, { range: [1, 0] }], 'ERR_INVALID_ARG_VALUE', /not above/],
    ['histogram', [xs, { range: [0, Infinity] }], 'ERR_INVALID_ARG_VALUE', /finite/],
    ['histogram', [xs, { range: [0, '1'] }], 'ERR_INVALID_ARG_VALUE', /finite/],
    ['histogram', [xs, { bins: 2 ** 52 }], 'ERR_OUT_OF_MEMORY', /no memory for 4503599627370496 bins.*fewer bins/],
  ] as const)('%s refuses what it does not know', (name, args, code, message) => {
    const error = thrown(() => reductions[name]?.(...args))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })

  test.each(['sumExact', 'min', 'max', 'argMin', 'argMax', 'norm', 'prod', 'count', 'any', 'all'])(
    'of %s do not exist: a second array and every option are refused',
    (name) => {
      const reduce = reductions[name] as Loose
      const second = thrown(() => reduce(xs, xs))
      expect([second.code, second.message]).toEqual(['ERR_INVALID_ARG_TYPE', expect.stringContaining(`${name}()`)])
      expect(thrown(() => reduce(xs, [1, 2, 3])).code).toBe('ERR_INVALID_ARG_TYPE')
      const option = thrown(() => reduce(xs, { axis: 0 }))
      expect([option.code, option.message]).toEqual([
        'ERR_INVALID_ARG_VALUE',
        `${name}() has no option "axis"; it has none.`,
      ])
      const alone = reduce(xs)
      expect([reduce(xs, {}), ...[xs].map(reduce)]).toEqual([alone, alone])
    },
  )

  test('a second array of min and max is answered with the names of the kernels', () => {
    expect(thrown(() => reductions['min']?.(xs, xs)).message).toContain('minimum(x, y)')
    expect(thrown(() => reductions['max']?.(xs, xs)).message).toContain('maximum(x, y)')
  })

  test('on Object.prototype are not read', () => {
    const polluted = Object.prototype as { order?: string; compensated?: boolean }
    polluted.order = 'any'
    polluted.compensated = false
    try {
      expect(sum(Float64Array.of(1e100, 1, -1e100), {})).toBe(1)
    } finally {
      delete polluted.order
      delete polluted.compensated
    }
  })

  test('that detach the array while they are read are answered with ERR_DETACHED', () => {
    const victim = Float64Array.of(1, 2, 3)
    const options = {
      get compensated() {
        structuredClone(victim.buffer, { transfer: [victim.buffer] })
        return true
      },
    }
    expect(thrown(() => sum(victim, options)).code).toBe('ERR_DETACHED')
  })
})

describe('dot', () => {
  test.each([
    ['arrays of two lengths', [xs, new Float64Array(4)], 'ERR_LENGTH_MISMATCH', /3 elements, operand 2 has 4/],
    ['numbers beside bigints', [xs, new BigInt64Array(3)], 'ERR_DTYPE', /float64 and int64/],
    ['bigints with and without sign', [new BigInt64Array(3), new BigUint64Array(3)], 'ERR_DTYPE', /signed or unsigned/],
    ['one operand', [xs], 'ERR_INVALID_ARG_TYPE', /Operand 2 of dot\(\)/],
    ['a detached operand', [xs, detachedArray(3)], 'ERR_DETACHED', /Operand 2/],
    ['a number', [xs, 2], 'ERR_INVALID_ARG_TYPE', /received number 2/],
  ] as const)('refuses %s', (_what, args, code, message) => {
    const error = thrown(() => looseDot(...args))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })
})

test('own properties of an array do not change what it is', () => {
  const liar = Object.defineProperties(Float64Array.of(2, 3), {
    length: { value: 1 << 30 },
    buffer: { value: new ArrayBuffer(8) },
    constructor: { value: Int8Array },
  })
  expect([sum(liar), prod(liar), norm(liar)]).toEqual([5, 6, Math.sqrt(13)])
})
