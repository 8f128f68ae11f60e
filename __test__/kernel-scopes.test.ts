/** Which variable a name stands for where functions keep it, and what a number is that a text writes down: also for a rare element. */
import { runInThisContext } from 'node:vm'
import { isNative, kernel, KernelError, type NumericArray } from 'corepool'
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

/** Fails unless a function of that text is refused there. */
function expectRefused(text: string, line: number, column: number, reason: string): void {
  const fn = runInThisContext(`(${text}\n)`) as AnyFunction
  for (const source of [fn, text]) {
    let refusal: unknown
    try {
      kernel(source as AnyFunction)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(KernelError)
    expect(refusal).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', line, column })
    expect((refusal as KernelError).reason).toContain(reason)
  }
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

describe('a function declared in a block', () => {
  test.each<[string, number, number]>([
    [
      'function (x) {\n  function g(v) { return v }\n  if (x === 12345.678) { function g(v) { return -v } }\n  return g(x)\n}',
      3,
      26,
    ],
    [
      'function (x) {\n  function g(v) { return v }\n  if (x === 12345.678) function g(v) { return -v }\n  return g(x)\n}',
      3,
      24,
    ],
    ['function (x) { var g = (v) => v; if (x === 12345.678) { function g(v) { return -v } } return g(x) }', 1, 57],
    ['function (x) { var g = 1; if (x === 12345.678) { g = 5; function g() {} g = 7 } return g * x }', 1, 57],
    [
      'function (x) { var g = (v) => v; switch (x) { case 12345.678: function g(v) { return -v } } return g(x) }',
      1,
      63,
    ],
    ['function (x) { var g = 0; { { function g() {} } } return (() => g)() === 0 ? x : 1 }', 1, 31],
    [
      'function (x) { function g() { return 1 } for (let i = 0; i < 1; i++) { function g() { return 2 } } return g() }',
      1,
      72,
    ],
    [
      'function (x) { const h = function () { var g = 1; { function g() {} } return g === 1 ? 1 : 2 }; return h() + x }',
      1,
      53,
    ],
  ])('and named outside of it is refused: %s', (text, line, column) => {
    expectRefused(text, line, column, 'declares the function "g" in a block')
  })

  test('and named outside of it in a bound function is refused, too', () => {
    const g = runInThisContext(
      '(function g(v) { var h = 1; if (v > 3) { function h() {} } return h === 1 ? v : -v })',
    ) as AnyFunction
    expect(() => kernel('(x) => g(x)', { bindings: { g } })).toThrow(/declares the function "h" in a block/)
  })

  test('behind a label is refused', () => {
    expectRefused(
      'function (x) { function g() { return 1 } l: function g() { return 2 } return g() }',
      1,
      45,
      'behind a label',
    )
    expectRefused('function (x) { if (x > 3) { m: l: function g() {} } return x }', 1, 35, 'behind a label')
  })

  test.each([
    'function (x) { let r = x; if (x === 12345.678) { r = g(x); function g(v) { return -v } } return r }',
    'function (x) { let r = x; if (x > 3) { function g(v) { return -v } r = g(x) } else { function g(v) { return v * 2 } r = g(x) } return r }',
    'function (x) { switch (x) { case 12345.678: return g(x); function g(v) { return -v } } return { g: x }.g }',
    'function (x) { let g = 1; if (x === 12345.678) { function g() {} } return g * x }',
    'function (x) { const f = function (g) { if (x === 12345.678) { function g() {} } return g }; return f(2) * x }',
    'function (x) { for (let g of [1, 2]) { { function g() {} } x += g } return x }',
    'function (x) { "use strict"; function g(v) { return v } if (x === 12345.678) { function g(v) { return -v } } return g(x) }',
    'function (x) { "use strict"; const f = () => { var g = 1; if (x === 12345.678) { function g() {} } return g }; return f() * x }',
  ])('and named in it alone, or where the text is strict, compiles: %s', expectValues)
})

describe('a variable named arguments', () => {
  test('is refused where it would begin with the arguments object', () => {
    expectRefused('function (x) { var arguments; return typeof arguments === "object" ? 1 : x }', 1, 20, 'arguments')
    expectRefused('function (x) { for (var [arguments] of [[1]]) x += 1; return x }', 1, 25, 'arguments')
    expectRefused(
      '(x) => { const f = function () { if (x > 3) { var arguments } return 1 }; return f() }',
      1,
      51,
      'arguments',
    )
  })
})

describe('the names in the head of a loop over a list', () => {
  test('are refused where the list reads them: outer variables of those names are not what it means', () => {
    expectRefused(
      '(x, v) => { let s = 0; for (const v of [v, 1]) s += v; return s + x }',
      1,
      41,
      'before its declaration',
    )
    expectRefused(
      '(x, v) => { let s = 0; for (let [v] of [[v]]) s += v; return s + x }',
      1,
      42,
      'before its declaration',
    )
    expectRefused(
      '(x, v) => { if (x === 12345.678) for (const v of [(() => v)()]) x += v; return x }',
      1,
      58,
      'before its declaration',
    )
  })

  test.each([
    '(x) => { for (const v of [x, 1]) x += v; return x }',
    '(x) => { let v = 2; for (v of [v, v + 1]) x += v; return x * v }',
    '(x) => { var v = 2; for (var v of [v, v + 1]) x += v; return x * v }',
    '(x) => { const v = 2; for (const w of [v, v + 1]) { const v = w; x += v } return x * v }',
  ])('leave outer variables as they are: %s', expectValues)
})

test('an empty pattern is refused of what may be null or undefined', () => {
  expectRefused('(x) => { if (x === 12345.678) ({} = null); return x }', 1, 32, 'takes apart')
  expectRefused('(x) => { if (x === 12345.678) { const {} = undefined } return x }', 1, 39, 'takes apart')
  expectRefused('(x) => { const {} = x > 3 ? x : null; return x }', 1, 16, 'takes apart')
  expectValues('(x) => { const {} = x; const {} = [x]; ({} = { x }); return x + 1 }')
})
