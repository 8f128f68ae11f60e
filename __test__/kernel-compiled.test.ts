/** What a kernel made by kernel() computes: every construct, on numbers and on arrays. */
import { runInThisContext } from 'node:vm'
import { isNative, kernel, square, type DType, type Kernel, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { edgeNumbers } from './fixtures/edge-numbers.ts'
import { expectSame } from './fixtures/expect-same.ts'
import { numberArrays } from './fixtures/random-arrays.ts'

type AnyFunction = (...values: number[]) => number

const values = [...edgeNumbers, 3, 7, -8, 1 / 3, 1023, -1074]
const pairs = values.flatMap((x) => values.map((y) => [x, y] as const))
const xs = Float64Array.from(pairs, ([x]) => x)
const ys = Float64Array.from(pairs, ([, y]) => y)

/** Fails unless the kernel of that text gives what its function gives, and by its program. */
function expectValues(text: string): Kernel {
  const fn = runInThisContext(`(${text}\n)`) as AnyFunction
  const compiled = kernel(text)
  const operands = [xs, ys].slice(0, compiled.length)
  const expected = new Float64Array(xs.length)
  for (let i = 0; i < xs.length; i++) expected[i] = fn(...operands.map((operand) => operand[i] as number))
  expectSame(compiled(...operands) as NumericArray, expected)
  expect(compiled.info.engine).toBe(isNative ? 'native' : 'js')
  expect(compiled.info.reason ?? '').not.toContain('The function itself')
  return compiled
}

describe('operators and functions of Math give JavaScript’s bits over all pairs of special values', () => {
  const unary = [
    '-x',
    '+x',
    '~x',
    '!x',
    '!!x',
    '~~x',
    'x | 0',
    'x >>> 0',
    'void x',
    'x ** 2',
    'x ** 3',
    'x ** 0.5',
    'x / 8',
    'x * 1',
    'x - 0',
    'x + 0',
    'x - -0',
    'x + -0',
    'x > 1 ? 0 : -0',
    '1 / (x > 1 ? 0 : -0)',
    '- -x',
    'x - 3 === 0',
    '0 !== 1 / 3 - x',
    'x + 5e-324 === -0',
    'x + Number.MAX_VALUE !== 0',
    'x - 1 / 0 === 0',
  ]
  const binary = [
    '+',
    '-',
    '*',
    '/',
    '%',
    '&',
    '|',
    '^',
    '<<',
    '>>',
    '>>>',
    '<',
    '<=',
    '>',
    '>=',
    '==',
    '!=',
    '===',
    '!==',
    '&&',
    '||',
    '??',
  ]
  const ofOne = 'abs sign floor ceil trunc round sqrt fround clz32'.split(' ')
  // Since Node 24.
  if ('f16round' in Math) ofOne.push('f16round')
  const tests = [
    ...unary.map((text) => `(x) => ${text}`),
    ...binary.map((operator) => `(x, y) => x ${operator} y`),
    ...ofOne.map((name) => `(x) => Math.${name}(x)`),
    ...['min', 'max', 'imul', 'hypot'].map((name) => `(x, y) => Math.${name}(x, y)`),
    ...[
      'isNaN',
      'isFinite',
      'Number.isNaN',
      'Number.isFinite',
      'Number.isInteger',
      'Number.isSafeInteger',
      'Number',
      'Boolean',
    ].map((name) => `(x) => ${name}(x)`),
    '(x, y) => Math.hypot(x, y, 3)',
    '(x, y) => Math.hypot(x, 0.1, y, x / 3, -y)',
    ...['<', '<=', '>', '>='].map((operator) => `(x, y) => x * y ${operator} y`),
    '(x, y) => x * y - 4.1 * x > 2.5 * y',
    '(x, y) => (x * y <= 2 ? x : y)',
    '(x, y) => Math.hypot(x, -0, y)',
    '(x, y) => Math.max(x, y, ...[1, 2])',
    '(x) => Math.min() + Math.max(x) + Math.hypot() + Math.hypot(x)',
    '(x) => Math.abs()',
    '(x) => isNaN() + Number()',
  ]
  test.each(tests)('%s', (text) => void expectValues(text))
})

// Not all engines give these bits; where one says that it does, it must.
describe('rounded functions of Math give JavaScript’s bits where info says exact', () => {
  const names = 'sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp expm1 log log1p log2 log10 cbrt'.split(
    ' ',
  )
  const tests = [...names.map((name) => `(x) => Math.${name}(x)`), '(x, y) => Math.atan2(x, y)', '(x, y) => x ** y']
  test.each(tests)('%s', (text) => {
    if (kernel(text).info.accuracy === 'exact') expectValues(text)
    else expect(isNative).toBe(true)
  })
})

describe('statements', () => {
  test.each([
    ['if without else', '(x, y) => { if (x > y) return x; return y }'],
    ['if in if', '(x, y) => { if (x > 0) { if (y > 0) return 1; x = 2 } else { if (y < 0) return x } return x + y }'],
    ['no return in some lanes', '(x) => { if (x > 0) return x }'],
    ['const, let, var', '(x) => { const a = x + 1; let b = a * 2; var c = b - a; b += c; return b }'],
    ['var, hoisted', '(x) => { if (x > 0) var v = x; return v * 2 }'],
    ['var with the name of a parameter', '(x, y) => { var x; if (y > 1) { var y = x + 3 } return x * y }'],
    ['shadowing', '(x) => { let a = x; { let a = 3; x += a } return a + x }'],
    ['compound assignment', '(x, y) => { x += y; x *= 2; x %= 5; x **= 2; x <<= 1; x ^= 3; x >>>= 1; return x }'],
    ['logical assignment', '(x, y) => { x ||= 5; y &&= x; return x + y }'],
    ['++ and --', '(x) => { let i = x++; return i * 10 + x-- + ++x }'],
    ['comma', '(x) => (x++, x * 2)'],
    ['for', '(x) => { let s = 0; for (let i = 0; i < 5; i++) s = s * x + i; return s }'],
    ['for without a declaration', '(x) => { let i; for (i = 3; i > 0; --i) x *= i; return x + i }'],
    ['break', '(x) => { let s = 0; for (let i = 0; i < 6; i++) { if (x < i) break; s += i } return s }'],
    ['continue', '(x) => { let s = 0; for (let i = 0; i < 6; i++) { if (x === i) continue; s += i * x } return s }'],
    ['return in a loop', '(x) => { for (let i = 0; i < 4; i++) if (x > i) return i * x; return -1 }'],
    ['while', '(x) => { let i = 0; while (i < 3) { x *= i + 1; i++ } return x }'],
    [
      'a bound beside what depends on the elements',
      '(x, y) => { let s = 0; for (let i = 0; i < 5 && s < x; i++) s += y * i; return s }',
    ],
    ['a loop that some lanes leave early', '(x) => { let i = 0; while (x > 1 && i++ < 6) x /= 2; return x + i }'],
    ['do until', '(x) => { let i = 0; do { x -= 1 } while (x > 0 && ++i < 4); return x * i }'],
    ['do', '(x, y) => { do { x += 1; if (x > 3) break; y -= x } while (false); return x * y }'],
    ['for … of an array written there', '(x) => { let s = 0; for (const c of [1, 2, 3]) s = s * x + c; return s }'],
    [
      'labels',
      '(x) => { o: for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) { if (x > j) continue o; if (x < -i) break o; x += i * j } return x }',
    ],
    ['a labelled block', '(x, y) => { let r = 0; b: { if (x > 0) break b; r = y } return r }'],
    [
      'switch',
      '(x, y) => { switch (x) { case 0: return 1; case 1: y += 1; case 3: y *= 2; break; default: y = -y } return y }',
    ],
    [
      'switch with default first',
      '(x) => { let r = 0; switch (x) { default: r = 1; case 1: r += 2; break; case 2: r = 9 } return r }',
    ],
    [
      'local functions',
      '(x) => { const h = (q) => q * q, g = (a, b = 2) => h(a) + b; return g(x) + g(x, 3) + k(x); function k(v) { return v - 1 } }',
    ],
    [
      'a function that returns a function',
      '(x) => { const times = (a) => (b) => a * b; const f = times(3); return f(x) }',
    ],
    [
      'a function that changes a variable',
      '(x) => { let s = 0; const add = (v) => { s += v }; add(x); if (x > 1) add(5); return s }',
    ],
    [
      'a function with returns',
      '(x) => { const f = (v) => { if (v > 2) return 1; for (let i = 0; i < 3; i++) if (v > i) return i; return v }; return f(x) + f(-x) }',
    ],
    ['a rest parameter of a local function', '(x) => { const f = (...v) => v[0] + v.length; return f(x, 1, 2) }'],
    [
      'destructuring',
      '(x, y) => { let [p, q = 2, ...r] = [x]; const { a, b: { c } } = { a: y, b: { c: 3 } }; [p, q] = [q, p]; return p - q * a + c + r.length }',
    ],
    ['an array by an index', '(x) => [10, 20, 30][x]'],
    ['items of any kind by constant indices', '(x, y) => [[x, 2], [y, 4]][1][0] + [Math.abs, (v) => v * 2][1](x)'],
    ['an item that is there is no undefined', '(x, y) => [x, y][0] === y'],
    [
      'Math by other names',
      '(x) => { const { sqrt, PI } = Math, M = Math; const root = M["sqrt"]; return root(x) + sqrt(x) * PI + M?.abs(x) }',
    ],
    ['typeof', '(x) => (typeof x === "number" ? x : 1) + (typeof Math.abs === "function")'],
    ['literals', '(x) => 0x1f + 0b101 + 0o17 + 1_000 + .5 + 5. + 1e3 + x'],
    ['constants', '(x) => x + Number.EPSILON + Math.LN2 + Number.MAX_SAFE_INTEGER + (!0) + (!1) + 1 / 0'],
    ['a named function', 'function half(x) { return x / 2 }'],
    ['a function with directives and comments', '(x) => { "use strict"; /* [native code] */ return x // half\n }'],
  ])('%s', (_, text) => void expectValues(text))
})

describe('what is computed once', () => {
  test.each([
    ['(x) => (x + 1) * (1 + x)', 2],
    ['(x) => x * 1 - 0', 0],
    ['(x) => 2 * 3 * x', 1],
    ['(x) => { const unused = Math.sin(x); return x }', 0],
    ['(x) => ~~x | 0', 1],
    ['(x) => x * 0 + (x - x)', 3],
    ['(x) => x - 10 !== 0', 1],
    ['(x) => 0 === x + 10', 1],
    ['(x) => x - 1 / 0 === 0', 2],
    ['(x) => { if (1 > 2) return Math.sin(x); return -x }', 1],
  ])('%s is %i operations', (text, operations) => expect(kernel(text).info.operations).toBe(operations))
})

describe('dtypes', () => {
  test('every dtype comes in and goes out as in a loop of JavaScript', () => {
    const formula = (x: number, y: number): number => x * 1.5 - y
    const f = kernel(formula)
    for (const [, From] of numberArrays) {
      for (const [dtype, To] of numberArrays) {
        const [a, b] = [new From(values), new From(values.toReversed())]
        const expected = new To(values.map((_, i) => formula(a[i] as number, b[i] as number)))
        expectSame(f(a, b, { dtype }), expected)
        const out = new To([...values])
        expect(f(a, b, { out })).toBe(out)
        expectSame(out, expected)
      }
    }
  })

  test('booleans are stored as 1 and 0, undefined as NaN', () => {
    const positive = kernel((x: number) => x > 0)
    expect(positive(Float64Array.of(2, -2))).toEqual(Float64Array.of(1, 0))
    expect(positive(2)).toBe(true)
    const nothing = kernel('(x) => { if (x > 0) return x }')
    expect(nothing(Float64Array.of(2, -2))).toEqual(Float64Array.of(2, NaN))
    expect(nothing(Float64Array.of(2, -2), { dtype: 'int8' })).toEqual(Int8Array.of(2, 0))
  })

  test('single numbers stand for every element', () => {
    const f = kernel((x: number, y: number) => x - 2 * y)
    expect(f(Float64Array.of(1, 2), 3)).toEqual(Float64Array.of(-5, -4))
    expect(f(1, Int32Array.of(1, 2))).toEqual(Int32Array.of(-1, -3))
    expect(() => f(Float64Array.of(1), Int8Array.of(1))).toThrow(expect.objectContaining({ code: 'ERR_DTYPE' }))
    expect(f(Float64Array.of(1.5), Int8Array.of(1), { dtype: 'float32' })).toEqual(Float32Array.of(-0.5))
  })

  test('the output may be an operand', () => {
    const f = kernel((x: number, y: number) => x * y + x)
    const [a, b] = [
      Float64Array.from({ length: 2000 }, (_, i) => i),
      Float64Array.from({ length: 2000 }, (_, i) => i / 3),
    ]
    const expected = a.map((v, i) => v * (b[i] as number) + v)
    expect(f(a, b, { out: a })).toBe(a)
    expectSame(a, expected)
  })
})

describe('the surface', () => {
  const f = kernel((x: number, y: number) => 3 * x * x + y)

  test('numbers alone are the function itself, and further arguments are ignored', () => {
    expect(f(2, 1)).toBe(13)
    expect([1, 2].map(kernel((x: number) => x + 1))).toEqual([2, 3])
    expect((f as (...args: unknown[]) => number)(2, 1, 'more')).toBe(13)
  })

  test('name, length, toString and info', () => {
    const named = kernel(function area(x: number) {
      return x * x
    })
    expect([named.name, named.length]).toEqual(['area', 1])
    expect(kernel((x: number) => x, { name: 'same' }).name).toBe('same')
    expect(String(kernel('3*x*x + 1'))).toBe('3*x*x + 1')
    expect(String(f)).toContain('3 * x * x + y')
    expect(f.info).toMatchObject({ engine: isNative ? 'native' : 'js', accuracy: 'exact', operations: 3 })
    expect(square.info).toMatchObject({ engine: isNative ? 'native' : 'js', operations: 1 })
  })

  test('asynchronous calls give the same values, and own what they read', async () => {
    const table = Float64Array.of(10, 20, 30)
    const look = kernel('(x) => table[x] + 1', { bindings: { table } })
    const indices = Int32Array.of(0, 1, 2, 3)
    const promise = look.async(indices, { dtype: 'float64' })
    table.fill(0)
    indices.fill(2)
    expect(await promise).toEqual(Float64Array.of(11, 21, 31, NaN))
    const big = Float64Array.from({ length: 100_003 }, (_, i) => i / 7)
    expectSame(
      (await f.async(big, 2)) as NumericArray,
      big.map((x) => 3 * x * x + 2),
    )
  })

  test('a function of Math is the built-in of that name', () => {
    expect(kernel(Math.sqrt)(Float64Array.of(4, 2))).toEqual(Float64Array.of(2, Math.sqrt(2)))
    expect(kernel(Math.max)(Float64Array.of(4, 2), 3)).toEqual(Float64Array.of(4, 3))
    expect(kernel(Math.atan2).length).toBe(2)
    expect(kernel(Math.imul)(3, 4)).toBe(12)
    expect(kernel(Math.sqrt).name).toBe('Math.sqrt')
  })

  test('the index is the last parameter, where that is asked for', () => {
    const ramp = kernel((x: number, i: number) => x * 100 + i, { index: true })
    expect(ramp.length).toBe(1)
    const long = new Float64Array(1500).fill(2)
    expectSame(
      ramp(long) as NumericArray,
      long.map((x, i) => x * 100 + i),
    )
    expect(ramp(2)).toBe(200)
    expect([5, 6].map(ramp)).toEqual([500, 601])
  })

  // Not atan2: in Deno, whose V8 has another one than Node's, kernels of it are 'ulp1', and here every bit counts.
  test.each(['hypot', 'imul', 'max', 'min', 'pow'] as const)('Math.%s of an array and its index', (name) => {
    const fn = Math[name] as (x: number, i: number) => number
    const [plain, placed] = [kernel(fn), kernel(fn, { index: true })]
    expect([plain.length, placed.length]).toEqual([2, 1])
    const long = Float64Array.from({ length: 1500 }, (_, i) => ((i * 37) % 100) / 8 - 3)
    expectSame(
      placed(long) as NumericArray,
      long.map((x, i) => fn(x, i)),
    )
    expectSame(
      plain(long, 3) as NumericArray,
      long.map((x) => fn(x, 3)),
    )
    expect([5, 6].map(placed)).toEqual([fn(5, 0), fn(6, 1)])
    const g = kernel('(x) => g(x, 7) + g(x)', { bindings: { g: placed as (x: number) => number } })
    expectSame(
      g(long) as NumericArray,
      long.map((x) => fn(x, 7) + fn(x, 0)),
    )
  })

  test.each([Math.sqrt, Number.isNaN, Number])('%o has no parameter that could be the index', (fn) => {
    expect(() => kernel(fn as (x: number) => number, { index: true })).toThrow(
      expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining('index') }),
    )
  })

  test('parameters with defaults keep them', () => {
    const f2 = kernel((x: number, k = 3) => k * x)
    expect(f2.length).toBe(1)
    expect([1, 2].map(f2 as unknown as (x: number) => number)).toEqual([3, 6])
    expect((f2 as unknown as Kernel<[number]>)(Float64Array.of(1, 2))).toEqual(Float64Array.of(3, 6))
  })

  test.each([
    [[12], 'ERR_INVALID_ARG_TYPE'],
    [[null], 'ERR_INVALID_ARG_TYPE'],
    [[(x: number) => x, 5], 'ERR_INVALID_ARG_TYPE'],
    [[(x: number) => x, { nmae: 'x' }], 'ERR_INVALID_ARG_VALUE'],
    [[(x: number) => x, { index: 1 }], 'ERR_INVALID_ARG_TYPE'],
    [[(x: number) => x, { math: 'fast' }], 'ERR_INVALID_ARG_VALUE'],
    [[(x: number) => x, { name: 5 }], 'ERR_INVALID_ARG_TYPE'],
    [[square], 'ERR_INVALID_ARG_VALUE'],
  ])('wrong arguments %o are refused', (args, code) => {
    expect(() => (kernel as (...given: unknown[]) => unknown)(...args)).toThrow(expect.objectContaining({ code }))
  })

  test('a call with wrong operands is refused as those of the built-ins are', () => {
    const call = f as unknown as (...args: unknown[]) => unknown
    for (const [args, code] of [
      [[Float64Array.of(1)], 'ERR_INVALID_ARG_VALUE'],
      [[Float64Array.of(1), [1]], 'ERR_INVALID_ARG_TYPE'],
      [[Float64Array.of(1), Float64Array.of(1, 2)], 'ERR_LENGTH_MISMATCH'],
      [[Float64Array.of(1), 1, { out: Float64Array.of(1), dtype: 'int8' as DType }], 'ERR_INVALID_ARG_VALUE'],
      [[Float64Array.of(1), BigInt64Array.of(1n)], 'ERR_DTYPE'],
    ] as const) {
      expect(() => call(...args)).toThrow(expect.objectContaining({ code }))
    }
  })
})
