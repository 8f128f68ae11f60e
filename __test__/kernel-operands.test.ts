import * as fc from 'fast-check'
import { add, ArrayError, div, mul, sub, type Kernel, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { detachedArray, thrown } from './fixtures/bad-input.ts'
import { expectSame } from './fixtures/expect-same.ts'
import { anyBigint, anyNumber, bigintArrays, lengths, numberArrays, repeated } from './fixtures/random-arrays.ts'

type Binary = Kernel<[number, number]>

const kernels = [
  { name: 'add', kernel: add, onNumbers: (a: number, b: number) => a + b },
  { name: 'sub', kernel: sub, onNumbers: (a: number, b: number) => a - b },
  { name: 'mul', kernel: mul, onNumbers: (a: number, b: number) => a * b },
  { name: 'div', kernel: div, onNumbers: (a: number, b: number) => a / b },
]

const ofBigints = [
  { name: 'add', kernel: add, onBigints: (a: bigint, b: bigint) => a + b },
  { name: 'sub', kernel: sub, onBigints: (a: bigint, b: bigint) => a - b },
  { name: 'mul', kernel: mul, onBigints: (a: bigint, b: bigint) => a * b },
]

const someNumbers = fc.array(anyNumber, { minLength: 1, maxLength: 600 })
const someBigints = fc.array(anyBigint, { minLength: 1, maxLength: 600 })

/** Element i of an array, or the value itself. */
function at(operand: NumericArray | number, i: number): number {
  return typeof operand === 'number' ? operand : (operand[i] as number)
}

describe.each(kernels)('$name', ({ kernel, onNumbers }) => {
  test('of two numbers is the plain function, and ignores what follows', () => {
    fc.assert(fc.property(anyNumber, anyNumber, (a, b) => Object.is(kernel(a, b), onNumbers(a, b))))
    expect((kernel as (...numbers: unknown[]) => number)(6, 3, 'more')).toBe(onNumbers(6, 3))
    expect([8, 2].reduce(kernel)).toBe(onNumbers(8, 2))
    expect(kernel.length).toBe(2)
  })

  describe.each(numberArrays)('of %s arrays', (_dtype, ArrayType) => {
    test('stores what a loop over both stores, at every length around a block or a chunk', () => {
      fc.assert(
        fc.property(someNumbers, someNumbers, fc.constantFrom(...lengths), (some, others, length) => {
          const xs = new ArrayType(repeated(some, length))
          const ys = new ArrayType(repeated(others, length))
          const expected = new ArrayType(Array.from({ length }, (_, i) => onNumbers(at(xs, i), at(ys, i))))
          expectSame(kernel(xs, ys), expected)
        }),
        { numRuns: 15 },
      )
    })

    test('and a number takes it for every element, on either side, also in place', () => {
      fc.assert(
        fc.property(someNumbers, anyNumber, fc.constantFrom(1, 7, 513, 40_000), (some, scalar, length) => {
          const xs = new ArrayType(repeated(some, length))
          const right = new ArrayType(Array.from({ length }, (_, i) => onNumbers(at(xs, i), scalar)))
          const left = new ArrayType(Array.from({ length }, (_, i) => onNumbers(scalar, at(xs, i))))
          expectSame(kernel(xs, scalar), right)
          expectSame(kernel(scalar, xs), left)
          expect(kernel(scalar, xs, { out: xs })).toBe(xs)
          expectSame(xs, left)
        }),
        { numRuns: 20 },
      )
    })

    test('and a float32 array goes to any dtype that is asked for', () => {
      fc.assert(
        fc.property(someNumbers, someNumbers, fc.constantFrom(3, 513, 40_000), (some, others, length) => {
          const xs = new ArrayType(repeated(some, length))
          const ys = new Float32Array(repeated(others, length))
          const results = Array.from({ length }, (_, i) => onNumbers(at(xs, i), at(ys, i)))
          for (const [dtype, OutType] of numberArrays) expectSame(kernel(xs, ys, { dtype }), new OutType(results))
        }),
        { numRuns: 3 },
      )
    })

    test('in the memory of either operand, or of one that is both, gives the same values', () => {
      fc.assert(
        fc.property(someNumbers, someNumbers, fc.constantFrom(1, 63, 64, 65, 513, 40_000), (some, others, length) => {
          const xs = new ArrayType(repeated(some, length))
          const ys = new ArrayType(repeated(others, length))
          const expected = kernel(xs, ys)
          const [first, second] = [xs.slice(), ys.slice()]
          expectSame(kernel(first, ys, { out: first }), expected)
          expectSame(kernel(xs, second, { out: second }), expected)
          const both = kernel(xs, xs)
          expectSame(kernel(xs, xs, { out: xs }), both)
        }),
        { numRuns: 10 },
      )
    })

    test('.async gives the same values', async () => {
      await fc.assert(
        fc.asyncProperty(someNumbers, anyNumber, fc.constantFrom(...lengths), async (some, scalar, length) => {
          const xs = new ArrayType(repeated(some, length))
          const [twice, right] = [kernel(xs, xs), kernel(xs, scalar)]
          const out = new Float64Array(length)
          const calls = [kernel.async(xs, xs), kernel.async(xs, scalar)] as const
          await kernel.async(scalar, xs, { out })
          expectSame(await calls[0], twice)
          expectSame(await calls[1], right)
          expectSame(out, kernel(scalar, xs, { dtype: 'float64' }))
        }),
        { numRuns: 5 },
      )
    })
  })

  test('works between parts of shared memory, asynchronously too', async () => {
    const memory = new Float64Array(new SharedArrayBuffer(8 * 150_000)).map((_, i) => i - 25_000)
    const shared = new Float64Array(new SharedArrayBuffer(8 * 150_000))
    shared.set(memory)
    const [xs, ys, out] = [0, 50_000, 100_000].map((from) => shared.subarray(from, from + 50_000)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const expected = xs.map((x, i) => onNumbers(x, ys[i] as number))
    expect(kernel(xs, ys, { out })).toBe(out)
    expectSame(new Float64Array(out), new Float64Array(expected))
    out.fill(0)
    expect(await kernel.async(xs, ys, { out })).toBe(out)
    expectSame(new Float64Array(out), new Float64Array(expected))
  })
})

describe.each(ofBigints)('$name of bigints', ({ kernel, onBigints }) => {
  const stored = (length: number, value: (i: number) => bigint): bigint[] => Array.from({ length }, (_, i) => value(i))

  test.each(bigintArrays)('of %s arrays wraps modulo 2^64, beside arrays and single bigints', (_dtype, ArrayType) => {
    fc.assert(
      fc.property(someBigints, anyBigint, fc.constantFrom(...lengths), (some, scalar, length) => {
        const xs = new ArrayType(repeated(some, length))
        const ys = new ArrayType(repeated([...some, scalar], length))
        const [x, y] = [(i: number) => xs[i] as bigint, (i: number) => ys[i] as bigint]
        expectSame(kernel(xs, ys), new ArrayType(stored(length, (i) => onBigints(x(i), y(i)))))
        expectSame(kernel(xs, scalar), new ArrayType(stored(length, (i) => onBigints(x(i), scalar))))
        expectSame(kernel(scalar, xs), new ArrayType(stored(length, (i) => onBigints(scalar, x(i)))))
      }),
      { numRuns: 20 },
    )
  })

  test('of both dtypes at once goes to the one that is asked for', async () => {
    const [xs, ys] = [BigInt64Array.of(-1n, 5n, -(2n ** 63n)), BigUint64Array.of(2n ** 64n - 1n, 7n, 3n)]
    const expected = stored(3, (i) => onBigints(xs[i] as bigint, ys[i] as bigint))
    expectSame(kernel(xs, ys, { dtype: 'int64' }), new BigInt64Array(expected))
    expectSame(kernel(xs, ys, { out: new BigUint64Array(3) }), new BigUint64Array(expected))
    expectSame(await kernel.async(xs, ys, { dtype: 'uint64' }), new BigUint64Array(expected))
    expectSame(
      kernel(xs, 2n ** 80n + 3n),
      new BigInt64Array(stored(3, (i) => onBigints(xs[i] as bigint, 2n ** 80n + 3n))),
    )
  })
})

describe('operands that do not fit', () => {
  const loose = add as unknown as (...args: unknown[]) => unknown
  const looseAsync = add.async as unknown as (...args: unknown[]) => unknown
  const looseDiv = div as unknown as (...args: unknown[]) => unknown
  const xs = Float64Array.of(1, 2, 3, 4)
  const ints = Int32Array.of(1, 2, 3, 4)
  const bigints = BigInt64Array.of(1n, 2n, 3n, 4n)

  const cases: [what: string, args: unknown[], code: string, message: RegExp][] = [
    [
      'no argument',
      [],
      'ERR_INVALID_ARG_TYPE',
      /Operand 1 of add\(\) must be a number or a typed array; received undef/,
    ],
    ['one number', [1], 'ERR_INVALID_ARG_TYPE', /Operand 2 of add\(\) must be .*; received undefined/],
    ['one array', [xs], 'ERR_INVALID_ARG_VALUE', /takes 2 operands .* received 1 argument, and as number 2 undefined/],
    ['one array and options', [xs, { out: xs }], 'ERR_INVALID_ARG_VALUE', /2 operands.*as number 2 an Object/],
    ['a plain array beside an array', [xs, [1, 2, 3, 4]], 'ERR_INVALID_ARG_TYPE', /Operand 2.*Float64Array\.from/],
    ['a plain array before an array', [[1, 2, 3, 4], xs], 'ERR_INVALID_ARG_TYPE', /Operand 1.*Float64Array\.from/],
    ['a string beside an array', [xs, '2'], 'ERR_INVALID_ARG_TYPE', /Operand 2.*received string '2'/],
    ['null beside an array', [null, xs], 'ERR_INVALID_ARG_TYPE', /Operand 1.*received null/],
    ['bigints alone', [1n, 2n], 'ERR_INVALID_ARG_TYPE', /Operand 1.*received bigint 1n/],
    ['a number and a bigint', [1, 2n], 'ERR_INVALID_ARG_TYPE', /Operand 2.*received bigint 2n/],
    ['a third operand', [xs, xs, xs], 'ERR_INVALID_ARG_VALUE', /received 3 arguments, and as number 3 a Float64Array/],
    ['a number for the options', [xs, xs, 3], 'ERR_INVALID_ARG_VALUE', /at most one options object/],
    ['two options objects', [xs, xs, {}, {}], 'ERR_INVALID_ARG_VALUE', /received 4 arguments/],
    ['different lengths', [xs, xs.subarray(1)], 'ERR_LENGTH_MISMATCH', /first has 4 elements, operand 2 has 3/],
    ['an empty array beside others', [new Float64Array(0), xs], 'ERR_LENGTH_MISMATCH', /first has 0/],
    [
      'two dtypes without a word',
      [xs, ints],
      'ERR_DTYPE',
      /float64 and int32 .*\{ dtype: 'float64' \}, or pass \{ out \}/,
    ],
    ['both bigint dtypes without a word', [bigints, new BigUint64Array(4)], 'ERR_DTYPE', /int64 and uint64/],
    ['bigints and numbers', [xs, bigints], 'ERR_DTYPE', /float64 and int64: bigints and numbers do not mix/],
    ['a number beside bigints', [bigints, 2], 'ERR_DTYPE', /int64 and a number: bigints and numbers do not mix/],
    ['a bigint beside numbers', [2n, xs], 'ERR_DTYPE', /a bigint and float64: bigints and numbers do not mix/],
    ['bigints into numbers', [bigints, 1n, { out: xs }], 'ERR_DTYPE', /cannot store int64 values as float64/],
    ['a detached second operand', [xs, detachedArray(4)], 'ERR_DETACHED', /Operand 2/],
    ['a detached second operand that was empty', [new Float64Array(0), detachedArray(0)], 'ERR_DETACHED', /Operand 2/],
    [
      'a resizable second operand',
      [xs, new Float64Array(new ArrayBuffer(32, { maxByteLength: 64 }))],
      'ERR_RESIZABLE',
      /Operand 2/,
    ],
    [
      'an output that overlaps the second operand',
      [xs.subarray(0, 2), new Float64Array(xs.buffer, 8, 2), { out: new Float64Array(xs.buffer, 0, 2) }],
      'ERR_OVERLAP',
      /in place/,
    ],
    [
      'an output that overlaps one operand, the other elsewhere',
      [new Float64Array(2), xs.subarray(0, 2), { out: xs.subarray(1, 3) }],
      'ERR_OVERLAP',
      /in place/,
    ],
    [
      'an output of other elements in the second operand’s memory',
      [new Float32Array(2), xs.subarray(0, 2), { out: new Float32Array(xs.buffer, 0, 2) }],
      'ERR_OVERLAP',
      /in place/,
    ],
  ]

  test.each(cases)('%s: refused at once, with its code', (_what, args, code, message) => {
    const before = xs.slice()
    for (const call of [loose, looseAsync]) {
      const error = thrown(() => call(...args))
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)])
    }
    expect(xs).toEqual(before)
  })

  test('bigints are no numbers to div', () => {
    expect(thrown(() => looseDiv(bigints, bigints))).toMatchObject({ code: 'ERR_DTYPE' })
    expect(thrown(() => looseDiv(bigints, bigints)).message).toMatch(/takes numbers, not the bigints of int64 arrays/)
    expect(thrown(() => looseDiv(bigints, bigints))).toBeInstanceOf(ArrayError)
  })

  test('a getter among the options that detaches the second operand is answered with ERR_DETACHED', () => {
    const victim = Float64Array.of(1, 2, 3)
    const options = {
      get dtype() {
        structuredClone(victim.buffer, { transfer: [victim.buffer] })
        return 'float32' as const
      },
    }
    expect(thrown(() => add(Float64Array.of(1, 2, 3), victim, options)).code).toBe('ERR_DETACHED')
  })
})

test('operands may overlap each other in any way', async () => {
  const xs = Float64Array.from({ length: 50_001 }, (_, i) => i)
  const [a, b] = [xs.subarray(0, 50_000), xs.subarray(1)]
  const expected = a.map((v, i) => v - (b[i] as number))
  expectSame(sub(a, b), expected)
  expectSame(await sub.async(a, b), expected)
})

test('an asynchronous call works on all operands as they were when it was made', async () => {
  const xs = Float64Array.from({ length: 300_000 }, (_, i) => i)
  const ys = xs.map((x) => x / 7)
  const expected = mul(xs, ys)
  const promise = (mul as Binary).async(xs, ys)
  xs.fill(-1)
  structuredClone(ys.buffer, { transfer: [ys.buffer as ArrayBuffer] })
  expectSame(await promise, expected)
})
