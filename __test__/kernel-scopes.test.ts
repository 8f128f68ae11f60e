/** Which variable a name stands for where functions keep it, and what a number is that a text writes down: also for a rare element. */
import { runInThisContext } from 'node:vm'
import { isNative, kernel, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'

type AnyFunction = (...values: number[]) => number

/** No special value, so that no list of samples has it by chance. */
const rare = 12345.678
const hex = Number('0x200000000000018')
const xs = Float64Array.from({ length: 1000 }, (_, i) => (i % 50) - 25)
xs[101] = rare
xs[103] = hex
xs[105] = 2 ** 57

/** Fails unless the kernel of that text gives what its function gives, and by its program. */
function expectValues(text: string): void {
  const fn = runInThisContext(`(${text}\n)`) as AnyFunction
  const compiled = kernel(fn)
  expectSame(
    compiled(xs) as NumericArray,
    xs.map((x) => fn(x)),
  )
  expect(compiled.info.reason ?? '').not.toContain('The function itself')
  expect(compiled.info.engine).toBe(isNative ? 'native' : 'js')
}

describe('a number in the text is the double that JavaScript reads', () => {
  test.each([
    '(x) => (x === 0x200000000000018 ? 1 : 0)',
    '(x) => (x === 0X2000_0000_0000_018 ? 1 : 0)',
    '(x) => (x === 0o10000000000000000030 ? 1 : 0)',
    '(x) => (x === 0b1000000000000000000000000000000000000000000000000000011000 ? 1 : 0)',
    'function (x) { return x === 010000000000000000030 ? 1 : 0 }',
    'function (x) { return x === 010 ? 1 : x === 089 ? 2 : 0 }',
    '(x) => (x === 144115188075855896 ? 1 : 0)',
    '(x) => (x === 12345.678 ? 0x200000000000018 : 0)',
    '(x) => { const o = { 0x200000000000018: 5 }; return x + o[144115188075855896] }',
  ])('%s', expectValues)
})

describe('a function that a loop’s own declaration makes keeps the variables of the beginning', () => {
  test.each([
    '(x) => { let r = 0; for (let i = 0, k = 0, g = () => k; i < 3; i++) { if (x === 12345.678) k = 7; r += g() } return r }',
    '(x) => { let r = 0; for (let i = 0, k = 0, g = () => k; i < 3; k = x === 12345.678 ? 9 : 0, i++) r += g(); return r }',
    '(x) => { let r = 0; for (let i = 0, inc = () => { i += x === 12345.678 ? 1 : 0 }; i < 3; i++) { inc(); r += i } return r }',
    '(x) => { let r = 0; for (let a = x, add = (v) => { a += v }, i = 0; i < 3; i++) { add(x === 12345.678 ? 1 : 0); r += a } return r }',
    '(x) => { let r = 0; for (var i = 0, k = 0, g = () => k; i < 3; i++) { if (x === 12345.678) k = 7; r += g() } return r }',
    '(x) => { let f = () => 0; for (let i = 0; i < 3; i++) { if (i === 1) f = () => i } return x === 12345.678 ? f() : x }',
  ])('%s', expectValues)
})

describe('var beside a parameter of that name', () => {
  test.each([
    '(x) => { const f = (a, g = () => a) => { var a; if (x === 12345.678) a = 5; return g() }; return f(x) }',
    '(x) => { const f = (a, s = (v) => { a = v }) => { var a; if (x === 12345.678) s(5); return a }; return f(x) }',
    '(x) => { const f = (a, inc = () => { a++ }) => { var a = a; inc(); return a }; return x === 12345.678 ? f(x) : x }',
    '(x) => { const f = (a, [g = () => a]) => { var a; if (x === 12345.678) a = 5; return g() }; return f(x, []) }',
    '(x) => { const f = (a, { g = () => a }) => { var a; if (x === 12345.678) a = 5; return g() }; return f(x, {}) }',
    '(x) => { const f = (a, { [(() => 1)()]: g }) => { var a; if (x === 12345.678) a = 5; return a + g() }; return f(x, { 1: () => 2 }) }',
    '(x) => { const f = (a, inc = () => { a++ }) => { inc(); return a }; return x === 12345.678 ? f(x) : x }',
    '(x) => { const f = (a, g = () => a) => { var a; function a() { return 1 } return typeof a === "function" ? a() + g() : 0 }; return f(x) }',
    '(x) => { const f = (a) => { var a; if (x === 12345.678) a = 5; return a }; return f(x) }',
    '(x, g = () => x) => { var x; if (x === 12345.678) x = 5; return g() }',
    'function (x, g = () => x) { var x = x === 12345.678 ? 1 : x; return g() + x }',
  ])('%s', expectValues)
})
