import { ArrayError, CorepoolError, cube, square } from 'corepool'
import { describe, expect, test } from 'vitest'
import { detachedArray, revokedProxy, thrown } from './fixtures/bad-input.ts'

/** What any caller without types can do. */
const loose = {
  square: square as unknown as (...args: unknown[]) => unknown,
  async: square.async as (...args: never[]) => unknown,
}

const xs = Float64Array.of(1, 2, 3, 4)

const cases: [what: string, args: unknown[], code: string, message: RegExp][] = [
  ['no argument', [], 'ERR_INVALID_ARG_TYPE', /typed array; received undefined/],
  ['a plain array', [[1, 2]], 'ERR_INVALID_ARG_TYPE', /Float64Array\.from/],
  ['a string', ['1'], 'ERR_INVALID_ARG_TYPE', /received string '1'/],
  ['a DataView', [new DataView(new ArrayBuffer(8))], 'ERR_INVALID_ARG_TYPE', /received a DataView/],
  [
    'an object that calls itself a typed array',
    [{ [Symbol.toStringTag]: 'Float64Array', length: 2 }],
    'ERR_INVALID_ARG_TYPE',
    /./,
  ],
  ['a proxy of a typed array', [new Proxy(new Float64Array(2), {})], 'ERR_INVALID_ARG_TYPE', /./],
  ['a revoked proxy', [revokedProxy({})], 'ERR_INVALID_ARG_TYPE', /received a Proxy/],
  ['a revoked proxy of an array', [revokedProxy([])], 'ERR_INVALID_ARG_TYPE', /received a Proxy/],
  ['a revoked proxy for the options', [xs, revokedProxy({})], 'ERR_INVALID_ARG_VALUE', /number 2 a Proxy/],
  ['a revoked proxy for the output', [xs, { out: revokedProxy(xs) }], 'ERR_INVALID_ARG_TYPE', /received a Proxy/],
  ['a bigint alone', [5n], 'ERR_INVALID_ARG_TYPE', /number or a typed array/],
  ['a second operand', [xs, xs], 'ERR_INVALID_ARG_VALUE', /at most one options object/],
  ['a number for the options', [xs, 5], 'ERR_INVALID_ARG_VALUE', /at most one options object/],
  ['null for the options', [xs, null], 'ERR_INVALID_ARG_VALUE', /at most one options object/],
  ['two options objects', [xs, {}, {}], 'ERR_INVALID_ARG_VALUE', /3 arguments/],
  ['an unknown option', [xs, { output: xs }], 'ERR_INVALID_ARG_VALUE', /no option "output"; it has "out", "dtype"/],
  ['both out and dtype', [xs, { out: xs, dtype: 'float64' }], 'ERR_INVALID_ARG_VALUE', /out or dtype, not both/],
  ['a dtype that does not exist', [xs, { dtype: 'f64' }], 'ERR_DTYPE', /no dtype "f64".*"float64"/],
  ['a dtype that every object has', [xs, { dtype: 'constructor' }], 'ERR_DTYPE', /no dtype "constructor"/],
  ['an out that is no array', [xs, { out: [] }], 'ERR_INVALID_ARG_TYPE', /output.*typed array/],
  ['an out that is too short', [xs, { out: new Float64Array(3) }], 'ERR_LENGTH_MISMATCH', /length, 4; it has 3/],
  ['an out that is too long', [xs, { out: new Float64Array(5) }], 'ERR_LENGTH_MISMATCH', /subarray\(0, 4\)/],
  ['numbers into bigints', [xs, { out: new BigInt64Array(4) }], 'ERR_DTYPE', /bigints and numbers do not mix/],
  ['bigints into numbers', [new BigInt64Array(4), { dtype: 'float64' }], 'ERR_DTYPE', /bigints and numbers do not mix/],
  ['a detached operand', [detachedArray(4)], 'ERR_DETACHED', /transfer/],
  ['a detached operand that was empty', [detachedArray(0)], 'ERR_DETACHED', /transfer/],
  ['a detached output', [new Float64Array(0), { out: detachedArray(4) }], 'ERR_DETACHED', /transfer/],
  ['a detached operand that was resizable', [detachedArray(4, 64)], 'ERR_DETACHED', /transfer/],
  ['a detached output that was resizable', [xs, { out: detachedArray(4, 64) }], 'ERR_DETACHED', /transfer/],
  ['a resizable operand', [new Float64Array(new ArrayBuffer(8, { maxByteLength: 16 }))], 'ERR_RESIZABLE', /slice\(\)/],
  [
    'a growable shared operand',
    [new Float64Array(new SharedArrayBuffer(8, { maxByteLength: 16 }))],
    'ERR_RESIZABLE',
    /resizable/,
  ],
  [
    'a resizable output',
    [new Float64Array(1), { out: new Float64Array(new ArrayBuffer(8, { maxByteLength: 16 })) }],
    'ERR_RESIZABLE',
    /resizable/,
  ],
  ['an output that overlaps the operand', [xs.subarray(0, 3), { out: xs.subarray(1, 4) }], 'ERR_OVERLAP', /in place/],
  [
    'an output of another element size in the same memory',
    [xs.subarray(0, 2), { out: new Float32Array(xs.buffer, 0, 2) }],
    'ERR_OVERLAP',
    /in place/,
  ],
]

describe.each(cases)('%s', (_what, args, code, message) => {
  test.each(['square', 'async'] as const)('is refused by %s, at once, with its code', (form) => {
    const before = xs.slice()
    const error = thrown(() => (form === 'square' ? loose.square(...args) : loose.async(...(args as never[]))))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(xs).toEqual(before)
  })
})

test('errors about arrays are ArrayErrors, in the one tree', () => {
  const error = thrown(() => loose.square(xs, { out: new Float64Array(1) }))
  expect(error).toBeInstanceOf(ArrayError)
  expect(error).toBeInstanceOf(CorepoolError)
  expect(error).toBeInstanceOf(Error)
  expect([error.name, Object.keys(error)]).toEqual(['ArrayError', ['code']])
})

test('an option on Object.prototype is not read', () => {
  const polluted = Object.prototype as { dtype?: string }
  polluted.dtype = 'int8'
  try {
    expect(square(xs)).toBeInstanceOf(Float64Array)
    expect(square(xs, {} as { dtype: 'float64' })).toBeInstanceOf(Float64Array)
  } finally {
    delete polluted.dtype
  }
})

test('a getter among the options that detaches the operand is answered with ERR_DETACHED', () => {
  const victim = Float64Array.of(1, 2, 3)
  const options = {
    get dtype() {
      structuredClone(victim.buffer, { transfer: [victim.buffer] })
      return 'float32' as const
    },
  }
  expect(thrown(() => square(victim, options)).code).toBe('ERR_DETACHED')
})

test.each([2, 1000])('own properties of an array of %i do not change what it is', (length) => {
  const numbers = new Float64Array(length).fill(3)
  const liar = Object.defineProperties(numbers.slice(), {
    length: { value: 1 << 30 },
    buffer: { value: new ArrayBuffer(8) },
    constructor: { value: Int8Array },
  })
  expect(square(liar)).toEqual(square(numbers))
})

test('in place, and neighbours that only touch, are no overlap', () => {
  const memory = Float64Array.of(1, 2, 3, 4)
  square(memory.subarray(0, 2), { out: memory.subarray(2, 4) })
  expect(memory).toEqual(Float64Array.of(1, 2, 1, 4))
  cube(memory, { out: memory })
  expect(memory).toEqual(Float64Array.of(1, 8, 1, 64))
})
