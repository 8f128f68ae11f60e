import { readFileSync } from 'node:fs'
import * as corepool from 'corepool'
import * as fc from 'fast-check'
import {
  ArrayError,
  abs,
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  axpy,
  cbrt,
  ceil,
  clamp,
  cores,
  cos,
  cosh,
  exp,
  expm1,
  floor,
  hypot,
  log,
  log10,
  log1p,
  log2,
  maximum,
  minimum,
  mod,
  neg,
  pow,
  reciprocal,
  round,
  sign,
  sin,
  sinh,
  sqrt,
  tan,
  tanh,
  trunc,
  where,
  type Kernel,
  type NumericArray,
} from 'corepool'
import { describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'
import { anyNumber, lengths, numberArrays, repeated } from './fixtures/random-arrays.ts'

type Numbers = (...numbers: number[]) => number

/** Each built-in function, and what it is in plain JavaScript. */
const functions: [unknown, Numbers][] = [
  [abs, (x) => Math.abs(x)],
  [acos, (x) => Math.acos(x)],
  [acosh, (x) => Math.acosh(x)],
  [asin, (x) => Math.asin(x)],
  [asinh, (x) => Math.asinh(x)],
  [atan, (x) => Math.atan(x)],
  [atan2, (y, x) => Math.atan2(y, x)],
  [atanh, (x) => Math.atanh(x)],
  [axpy, (a, x, y) => a * x + y],
  [cbrt, (x) => Math.cbrt(x)],
  [ceil, (x) => Math.ceil(x)],
  [clamp, (x, low, high) => Math.min(Math.max(x, low), high)],
  [cos, (x) => Math.cos(x)],
  [cosh, (x) => Math.cosh(x)],
  [exp, (x) => Math.exp(x)],
  [expm1, (x) => Math.expm1(x)],
  [floor, (x) => Math.floor(x)],
  [hypot, (x, y) => Math.hypot(x, y)],
  [log, (x) => Math.log(x)],
  [log10, (x) => Math.log10(x)],
  [log1p, (x) => Math.log1p(x)],
  [log2, (x) => Math.log2(x)],
  [maximum, (x, y) => Math.max(x, y)],
  [minimum, (x, y) => Math.min(x, y)],
  [mod, (x, y) => x % y],
  [neg, (x) => -x],
  [pow, (x, y) => x ** y],
  [reciprocal, (x) => 1 / x],
  [round, (x) => Math.round(x)],
  [sign, (x) => Math.sign(x)],
  [sin, (x) => Math.sin(x)],
  [sinh, (x) => Math.sinh(x)],
  [sqrt, (x) => Math.sqrt(x)],
  [tan, (x) => Math.tan(x)],
  [tanh, (x) => Math.tanh(x)],
  [trunc, (x) => Math.trunc(x)],
  [where, (condition, x, y) => (condition ? x : y)],
]

/** Whole numbers, fractions, and every bit pattern. */
const number = fc.oneof(anyNumber, fc.double({ min: -10, max: 10 }), fc.double())
const some = fc.array(number, { minLength: 1, maxLength: 300 })

const cases = functions.map(([kernel, onNumbers]) => ({
  name: (kernel as Kernel).name,
  kernel: kernel as Kernel,
  onNumbers,
}))

test('the README counts the built-in kernels, and names those that take bigints and the functions of Math that are none', () => {
  const kernels = Object.entries(corepool).filter(([, value]) => typeof value === 'function' && 'async' in value)
  const takers = kernels.filter(([, value]) => {
    const call = value as unknown as (...operands: BigInt64Array[]) => unknown
    try {
      return call(...Array.from({ length: call.length }, () => BigInt64Array.of(1n)))
    } catch {
      return false
    }
  })
  const isKernel = (name: string): boolean => kernels.some(([other]) => other === name)
  const ofMath = Object.entries(Object.getOwnPropertyDescriptors(Math)).filter(([, d]) => typeof d.value === 'function')
  const missing = ofMath.map(([name]) => name).filter((name) => !isKernel(name) && !isKernel(`${name}imum`))
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(readme).toContain(`\`square\`, \`sin\` and ${kernels.length - 2} others`)
  expect(takers.map(([name]) => name).toSorted()).toEqual(['add', 'cube', 'mul', 'square', 'sub'])
  // The last, where a runtime has it, is a function of a list.
  expect(['clz32', 'f16round', 'fround', 'imul', 'random', 'sumPrecise']).toEqual(expect.arrayContaining(missing))
})

describe.each(cases)('$name', ({ kernel, onNumbers }) => {
  const arity = onNumbers.length
  const operands = fc.tuple(...Array.from({ length: arity }, () => some))

  test('of numbers is the plain function', () => {
    const numbers = fc.array(number, { minLength: arity, maxLength: arity })
    fc.assert(fc.property(numbers, (values) => Object.is(kernel(...values), onNumbers(...values))))
    expect(kernel.length).toBe(arity)
  })

  test('of float64 arrays has the bits of the plain function, at every length around a block or a chunk', () => {
    fc.assert(
      fc.property(operands, fc.constantFrom(...lengths), (lists, length) => {
        const arrays = lists.map((list) => new Float64Array(repeated(list, length)))
        const expected = Float64Array.from({ length }, (_, i) =>
          onNumbers(...arrays.map((array) => array[i] as number)),
        )
        expectSame(kernel(...arrays) as NumericArray, expected)
      }),
      { numRuns: 15 },
    )
  })

  test('of any dtype into any dtype is the float64 result stored once', () => {
    fc.assert(
      fc.property(operands, fc.constantFrom(...numberArrays), fc.constantFrom(...numberArrays), (lists, from, to) => {
        const length = 700
        const arrays = lists.map((list) => new from[1](repeated(list, length)))
        const results = Array.from({ length }, (_, i) => onNumbers(...arrays.map((array) => array[i] as number)))
        expectSame((kernel as (...all: unknown[]) => NumericArray)(...arrays, { dtype: to[0] }), new to[1](results))
      }),
      { numRuns: 25 },
    )
  })

  test('takes a single number beside an array, and writes in place', () => {
    fc.assert(
      fc.property(operands, number, fc.nat(), (lists, single, position) => {
        const place = position % arity
        const arrays = lists.map((list) => new Float64Array(repeated(list, 600)))
        const given = arrays.map((array, n) => (arity > 1 && n === place ? single : array))
        const expected = Float64Array.from({ length: 600 }, (_, i) =>
          onNumbers(...given.map((one) => (typeof one === 'number' ? one : (one[i] as number)))),
        )
        const out = given.find((one) => typeof one !== 'number') as Float64Array
        expect((kernel as (...all: unknown[]) => NumericArray)(...given, { out })).toBe(out)
        expectSame(out, expected)
      }),
      { numRuns: 15 },
    )
  })

  test('.async gives the same values', async () => {
    await fc.assert(
      fc.asyncProperty(operands, async (lists) => {
        const arrays = lists.map((list) => new Float64Array(repeated(list, 40_000)))
        const expected = Float64Array.from({ length: 40_000 }, (_, i) =>
          onNumbers(...arrays.map((array) => array[i] as number)),
        )
        expectSame(await kernel.async(...arrays), expected)
      }),
      { numRuns: 2 },
    )
  })
})

test('bigints are refused by name of dtype', () => {
  expect(() => sin(BigInt64Array.of(1n) as never)).toThrow(expect.objectContaining({ code: 'ERR_DTYPE' }))
  expect(() => sin(BigInt64Array.of(1n) as never)).toThrow(ArrayError)
})

test('operands are the other way around where that matters', () => {
  expect(clamp(Float64Array.of(-5, 0.5, 5, Number.NaN), 0, 1)).toEqual(Float64Array.of(0, 0.5, 1, Number.NaN))
  expect(where(Float64Array.of(0, 1, Number.NaN), 10, 20)).toEqual(Float64Array.of(20, 10, 20))
})

test('the number of threads does not change a bit', () => {
  const xs = Float64Array.from({ length: 100_000 }, (_, i) => (i - 50_000) / 7)
  const all = sin(xs)
  const { size } = cores
  try {
    cores.resize(1)
    expectSame(sin(xs), all)
  } finally {
    cores.resize(size)
  }
})
