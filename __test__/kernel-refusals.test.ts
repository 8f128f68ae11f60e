/** What kernel() refuses: with a code, the place, a caret under it, and the reason. */
import { runInThisContext } from 'node:vm'
import { kernel, KernelError, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'

function refusal(source: unknown, options?: object): KernelError {
  try {
    ;(kernel as (...args: unknown[]) => unknown)(source, options)
  } catch (error) {
    if (error instanceof KernelError) return error
    throw error
  }
  throw new Error('it was compiled')
}

describe('a text is refused at the place of what cannot be compiled', () => {
  const cases: [text: string, line: number, column: number, reason: string][] = [
    ['(x) => "a" + x', 1, 8, 'string'],
    ['(x) => `${x}`', 1, 8, 'string'],
    ['(x) => /a/.test(x)', 1, 8, 'regular expression'],
    ['function (x) { return this.k * x }', 1, 23, 'this'],
    ['(x) => this.k * x', 1, 8, 'this'],
    ['function (x) { return arguments[0] }', 1, 23, 'arguments'],
    ['(x) => new Date(x)', 1, 12, 'Date'],
    ['(x) => new (class {})()', 1, 8, 'new'],
    ['(x) => {\n  try {\n    return x\n  } catch {}\n}', 2, 3, 'try'],
    ['(x) => {\n  if (x < 0) throw x\n  return x\n}', 2, 14, 'throw'],
    ['(x) => { for (const k in [1]) x += 1; return x }', 1, 10, 'for … in'],
    ['(x) => Math.random() * x', 1, 8, 'Math.random'],
    ['(x) => Date.now() + x', 1, 8, 'Date'],
    ['(x) => (console.log(x), x)', 1, 9, 'console'],
    ['(x) => globalThis.k * x', 1, 8, 'globalThis'],
    ['(x) => parseInt(x)', 1, 8, 'strings'],
    ['(x) => Number.parseFloat(x)', 1, 8, 'strings'],
    ['(x) => x.toFixed(2)', 1, 8, 'toFixed'],
    ['(x) => Math.sine(x)', 1, 8, 'Math.sine does not exist'],
    ['(x) => Math[x]', 1, 13, 'key'],
    ['(x) => [1, 2].map((v) => v * x)[0]', 1, 8, 'map'],
    ['(x) => { const a = [1]; a[0] = x; return a[0] }', 1, 25, 'writes'],
    ['(x) => { const f = (n) => f(n - 1); return f(x) }', 1, 27, 'calls itself'],
    ['function f(x) { return x < 1 ? x : f(x - 1) }', 1, 36, 'calls itself'],
    ['(x) => { while (x > 1) x /= 2; return x }', 1, 17, 'data-dependent'],
    ['(x) => { for (let i = 0; i < x; i++) x -= 1; return x }', 1, 26, 'data-dependent'],
    ['(x) => { for (;;) { if (x > 3) return x } }', 1, 10, 'unroll'],
    ['(x) => { for (let i = 0; i < 1e7; i++) x += i; return x }', 1, 10, 'unroll'],
    ['(x) => { const c = 1; c = x; return c }', 1, 23, 'constant'],
    ['(x) => { const a = b; const b = x; return a }', 1, 20, 'before its declaration'],
    ['(x) => [x, x]', 1, 8, 'returns an array'],
    ['(x) => ({ x })', 1, 9, 'returns an object'],
    ['(x) => () => x', 1, 8, 'returns a function'],
    ['(x) => "text"', 1, 8, 'returns a string'],
    ['({ x }) => x', 1, 4, 'reads the member'],
    ['([x]) => x', 1, 2, 'takes apart'],
    ['(x) => { let r; if (x > 0) r = x; return r === undefined ? 0 : r }', 1, 42, 'undefined'],
    ['(x) => { let r; if (x > 0) r = x; return r ?? 1 }', 1, 42, 'undefined'],
    ['(x, y) => (x && x < 1) === y', 1, 11, 'boolean or a number'],
    ['(x) => { const f = x > 1 ? Math.sin : Math.cos; return f(x) }', 1, 56, 'depends on the elements'],
    ['(x) => { const a = async () => 1; return a() }', 1, 42, 'async'],
    ['(x) => ({ __proto__: x }).k', 1, 11, 'object'],
    ['(x) => [1, 2][x > 1]', 1, 8, 'key'],
    ['(x) => [1, 2][x > 1e6 && x < 1e7 ? null : 1]', 1, 8, 'key'],
    ['(x) => [1, 2][null]', 1, 8, 'key'],
    ['(x) => Number.isNaN(x > 1e6 && x < 1e7 ? "a" : x)', 1, 8, 'depends on the elements'],
    ['(x) => x * BigInt(null)', 1, 12, 'bigints'],
    ['(x) => x instanceof Number', 1, 8, 'instanceof'],
    ['(x) => class {}', 1, 8, 'class'],
    ['function (x) { return new.target }', 1, 23, 'new.target'],
    ['(x) => import("a")', 1, 8, 'import()'],
    ['(x) => x?.toFixed()', 1, 8, 'toFixed'],
    ['(x) => Math.max(...x)', 1, 17, 'spreads'],
    ['(x) => eval("x")', 1, 8, 'eval'],
    ['function (x) { with (Math) return x }', 1, 16, 'with'],
    ['(x) => String.raw`a`', 1, 8, 'strings'],
    ['(x) => process.exit(x)', 1, 8, 'process'],
    ['(x) => { Math.abs = 1; return x }', 1, 10, 'writes'],
    ['(x) => { do {} while (x); return x }', 1, 23, 'data-dependent'],
    ['(x) => delete x.y', 1, 8, 'delete'],
    ['(x) => "a" in x', 1, 8, 'in'],
  ]
  test.each(cases)('%s', (text, line, column, reason) => {
    const error = refusal(text)
    expect(error).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', line, column })
    expect(error.reason).toContain(reason)
    const [, shown = '', caret = ''] = error.message.split('\n').slice(-3)
    expect(error.message).toContain(`line ${line}, column ${column}`)
    // The caret stands under that column of that line.
    const at = caret.indexOf('^')
    expect(shown.slice(at)).toBe((text.split('\n')[line - 1] as string).slice(column - 1))
  })

  test('a long line is shown around the place', () => {
    const error = refusal(`(x) => ${'x + '.repeat(100)}"a"`)
    const [, shown = '', caret = ''] = error.message.split('\n').slice(-3)
    expect(shown.length).toBeLessThan(120)
    expect(shown.slice(caret.indexOf('^'))).toBe('"a"')
  })

  test('a tab stays a tab, so that the caret agrees', () => {
    const message = refusal('(x) => {\n\treturn x +\tparseInt(x)\n}').message
    expect(message).toMatch(/\| \treturn x \+\tparseInt\(x\)\n\s+\| \t {10}\t\^$/)
  })
})

describe('free names are refused by name, all of them', () => {
  test('with their place and the way out', () => {
    const error = refusal('(x) => {\n  return scale(x) * gain\n}')
    expect(error).toMatchObject({ code: 'ERR_TARGET_CAPTURES', line: 2, column: 10, name: 'KernelError' })
    expect(error.message).toContain('"scale" and "gain"')
    expect(error.message).toContain('bindings: { scale, gain }')
  })

  test('also where no lane comes', () => {
    expect(refusal('(x) => { if (false) return hidden; return x }').code).toBe('ERR_TARGET_CAPTURES')
  })

  test.each([
    ['(x) => (cov_1abc().s[0]++, x)', 'V8 coverage'],
    ['(x) => __vite_ssr_import_0__.k * x', 'vitest'],
    ['(x) => _defineProperty(x)', 'compiler'],
    ['(x) => (0, _m.f)(x)', '_m'],
  ])('%s: text that a tool rewrote is called that', (text, reason) => {
    const error = refusal(text)
    expect(error.code).toBe('ERR_TARGET_CAPTURES')
    expect(error.reason).toContain(reason)
  })
})

describe('functions without a text of their own', () => {
  class Kilo {
    times(x: number): number {
      return x * 1000
    }
  }
  const text = (x: number): number => x * 2
  test.each<[string, unknown, string]>([
    ['a bound function', text.bind(null), 'bound'],
    ['a built-in function', Array.prototype.at, 'with operators and functions of Math'],
    ['a built-in function of strings', parseInt, 'with operators and functions of Math'],
    ['a Proxy', new Proxy(text, {}), 'Proxy'],
    ['a class', Kilo, 'class'],
    [
      'a generator',
      function* g(x: number) {
        yield x
      },
      'generator',
    ],
    ['an async function', async (x: number) => x, 'async'],
    ['a function without parameters', () => 1, 'no parameter'],
    ['Math.random', Math.random, 'pass an array of random numbers as an operand'],
  ])('%s', (_, fn, reason) => {
    const error = refusal(fn)
    expect(error).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', line: 1, column: 1 })
    expect(error.message).toContain(reason)
  })

  test.each([
    ['a class', 'class A {}'],
    ['a generator', 'function* f(x) { yield x }'],
    ['an async function', 'async (x) => x'],
    ['a function without parameters', '() => 1'],
  ])('%s, as a text, with a caret under its beginning', (_, written) => {
    const { message } = refusal(written)
    expect(message.split('\n').slice(1)).toEqual([`  1 | ${written}`, '    | ^'])
  })

  test('no function of JavaScript itself: each gives a kernel of its values, or is refused with a code', () => {
    const holders: object[] = [globalThis, Math, Number, BigInt, Object, Reflect, Atomics, JSON]
    const builtIn = new Set(
      holders.flatMap((holder) => Object.values(Object.getOwnPropertyDescriptors(holder)).map(({ value }) => value)),
    )
    const xs = Float64Array.of(-3, -0, 0, 0.5, 2, 7, 1e9, NaN, Infinity)
    const compiled: string[] = []
    for (const fn of builtIn) {
      if (typeof fn !== 'function') continue
      let f
      try {
        f = kernel(fn as (...numbers: number[]) => number)
      } catch (error) {
        expect(error, fn.name).toBeInstanceOf(KernelError)
        continue
      }
      const operands = Array.from({ length: f.length }, (_, k) => (k === 0 ? xs : xs.toReversed()))
      const rows = Array.from(xs, (_, i) => operands.map((column) => column[i] as number))
      expect(f(...(operands as [Float64Array])), fn.name).toEqual(Float64Array.from(rows, (row) => Number(fn(...row))))
      expect(rows.map((row) => f(...row))).toEqual(rows.map((row) => fn(...row)))
      compiled.push(fn.name)
    }
    expect(compiled).toEqual(expect.arrayContaining(['Number', 'Boolean', 'isNaN', 'isInteger', 'max', 'sin', 'imul']))
    expect(refusal(BigInt)).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining('bigint') })
  })

  test('an index needs an array beside it', () => {
    expect(refusal((i: number) => i, { index: true }).reason).toContain('index')
  })
})

describe('what is nested more deeply than the stack of JavaScript goes is refused', () => {
  const repeat = (n: number, text: (i: number) => string): string =>
    Array.from({ length: n }, (_, i) => text(i)).join('')
  test.each<[string, (n: number) => string]>([
    [
      'else-if chains',
      (n) => `(x) => { let r = 0; ${repeat(n, (i) => `if (x < ${i}) r = ${i}; else `)} r = -1; return r }`,
    ],
    ['conditional chains', (n) => `(x) => ${repeat(n, (i) => `x<${i}?${i}:`)}-1`],
    ['conditional chains without a function', (n) => `${repeat(n, (i) => `x<${i}?${i}:`)}-1`],
    ['arrays', (n) => `(x) => ${'['.repeat(n)}x${'][0]'.repeat(n)}`],
    ['blocks', (n) => `(x) => { ${'{'.repeat(n)} return x ${'}'.repeat(n)} }`],
    ['parentheses', (n) => `(x) => ${'('.repeat(n)}x${')'.repeat(n)}`],
    ['sums', (n) => `(x) => ${'x + '.repeat(n)}x`],
    ['if without else', (n) => `(x) => { ${repeat(n, () => 'if (x) ')} return 1; return 2 }`],
  ])('%s', (_, text) => {
    let refused = 0
    for (const n of [100, 400, 800, 1200, 1600, 2500, 4000, 8000, 16000]) {
      try {
        kernel(text(n))
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', line: 1 })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(0)
  })

  test('in functions and bound functions too, and says so', () => {
    const text = `(x) => ${'[ '.repeat(20_000)}x${'][0]'.repeat(20_000)}`
    const reason = expect.stringContaining('nested too deeply')
    expect(refusal(text)).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', reason })
    const chain = `(x) => ${'x > 1 ? 1 : '.repeat(2500)}2`
    const fn: unknown = runInThisContext(chain)
    expect(refusal(fn)).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', reason })
    expect(refusal('(x) => g(x)', { bindings: { g: fn } })).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', reason })
  })
})

describe('texts', () => {
  test.each([
    'x) + (x',
    'x) ? (1) : (2',
    'x)(x',
    'x).y(x',
    'x), (x',
    'x) => (x',
    'x], [x',
    'x) || [(x',
    'x) //',
    'x, ',
    '...x',
  ])('that is an expression only inside of parentheses is refused: %s', (text) => {
    expect(refusal(text)).toMatchObject({ code: 'ERR_KERNEL_SYNTAX', line: 1 })
  })

  test('that close a parenthesis which they did not open are refused there', () => {
    expect(refusal('x) + (x')).toMatchObject({ line: 1, column: 2 })
    expect(refusal('x +\n1) + (x')).toMatchObject({ line: 2, column: 2 })
  })

  test.each([
    '(x) + (x)',
    'x, x + 1',
    '[x][0]',
    'x // twice',
    '((x)) * (x)',
    '(x) ? (1) : (2)',
    '{ y: x }.y',
    '(x > 1, x)',
  ])('that are an expression compile: %s', (text) => {
    const fn = runInThisContext(`(x) => (${text}\n)`) as (x: number) => number
    expect(kernel(text)(Float64Array.of(3))).toEqual(Float64Array.of(fn(3)))
  })

  test.each([
    ['3*', 1, 3],
    ['(x) => {', 1, 9],
    ['(x) => x +\n * 2', 2, 2],
    ['', 1, 1],
    ['const x = 1', 1, 7],
  ])('%j is no function and no expression', (text, line, column) => {
    expect(refusal(text)).toMatchObject({ code: 'ERR_KERNEL_SYNTAX', line, column })
  })

  test.each([
    ['a + b', 'a, b'],
    ['1 + 2', 'without a free name'],
  ])('%s has not one free name', (text, reason) => {
    expect(refusal(text)).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining(reason) })
  })

  test.each([
    ['this', 1, 'this'],
    ['this * x', 1, 'this'],
    ['2 * this.x', 5, 'this'],
    ['arguments', 1, 'arguments'],
    ['x + arguments.length', 5, 'arguments'],
    ['new.target', 1, 'new.target'],
    ['super.x', 1, 'super'],
    ['1 + import.meta', 5, 'import.meta'],
    ['parseInt(x)', 1, 'strings'],
    ['x * Date.now()', 5, 'Date'],
    ['x + eval(x)', 5, 'eval'],
  ])('%s uses what no kernel has, which is said before the names are counted', (text, column, reason) => {
    for (const [written, line, at] of [
      [text, 1, column],
      [`1 -\n${text}`, 2, column],
    ] as const) {
      const error = refusal(written)
      expect(error).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', line, column: at })
      expect(error.reason).toContain(reason)
    }
  })

  test('a single free name is the parameter, whatever it means elsewhere', () => {
    expect(kernel('2 * performance')(Float64Array.of(3))).toEqual(Float64Array.of(6))
    const twice = kernel('2 * Number(parseInt(x))', { bindings: { parseInt: (v: number) => v + 1 } })
    expect(twice(Float64Array.of(3))).toEqual(Float64Array.of(8))
  })
})

describe('what is long is read in time that grows with its length: these took a minute', () => {
  test('blanks, and semicolons at the end', () => {
    const blanks = ' '.repeat(300_000)
    for (const text of [`3 * x${blanks}+ 1`, `3 * x + 1${blanks};`, `3 * x + 1${' ;\n'.repeat(150_000)}`]) {
      expect(kernel(text)(Float64Array.of(2))).toEqual(Float64Array.of(7))
    }
  })

  test('a name of digits', () => {
    expect(refusal(`(x) => _a${'1'.repeat(120_000)}b * x`).code).toBe('ERR_TARGET_CAPTURES')
    expect(refusal(`(x) => _extends${'1'.repeat(120_000)}(x)`).reason).toContain('compiler')
  })
})

describe('a loop over the length of a bound array is refused as what it is, whatever stands beside it', () => {
  test.each([
    ['(x) => { let s = 0; for (let i = 0; i < lut.length; i++) s += lut[i] * x; return s }', 37],
    ['(x) => { let s = x * 2; for (let i = 0; i < lut.length; i++) s += lut[i]; return s }', 41],
    ['(x) => { const h = Math.sqrt(x); let i = 0; while (i < lut.length) i++; return h + i }', 52],
    ['(x) => { let s = x > k ? 1 : 2; for (let i = 0; i < lut.length; i++) s += lut[i]; return s }', 49],
  ])('%s', (text, column) => {
    const error = refusal(text, { bindings: { lut: Float64Array.of(1, 2), k: 0.5 } })
    expect(error).toMatchObject({ code: 'ERR_KERNEL_UNSUPPORTED', line: 1, column })
    expect(error.reason).toContain('a bound array')
  })

  test('and where only numbers come to it, the text is a kernel of bigints', () => {
    const text =
      '(x) => { if (typeof x === "number") { for (let i = 0; i < lut.length; i++) x += lut[i]; return x } return x * 2n }'
    const f = kernel(text, { bindings: { lut: Float64Array.of(1, 2) } })
    expect(f(BigInt64Array.of(4n) as never)).toEqual(BigInt64Array.of(8n))
    expect(() => f(Float64Array.of(1))).toThrow(expect.objectContaining({ column: 55 }))
  })
})

describe('the bounds of a program', () => {
  test('operations', () => {
    const text = '(x) => { let s = x; for (let i = 0; i < 6000; i++) s = s * x + x - 1; return s }'
    expect(refusal(text).reason).toContain('more than 16384 operations')
  })

  test('parameters', () => {
    const names = Array.from({ length: 65 }, (_, k) => `a${k}`)
    expect(refusal(`(${names.join(', ')}) => ${names.join(' + ')}`).reason).toContain('64 parameters')
  })

  test('values at once', () => {
    const parts = Array.from({ length: 1100 }, (_, k) => `Math.sin(x + ${k})`)
    const balanced = (from: number, to: number): string =>
      to - from === 1
        ? (parts[from] as string)
        : `(${balanced(from, (from + to) >> 1)} + ${balanced((from + to) >> 1, to)})`
    // A tree needs few at once; a list of all of them, used twice, needs all.
    expect(kernel(`(x) => ${balanced(0, 512)}`).info.operations).toBeGreaterThan(1000)
    const list = parts.map((part, k) => `const v${k} = ${part};`).join('')
    const sum = parts.map((_, k) => `v${k}`)
    const text = `(x) => { ${list} return ${sum.join(' + ')} + ${sum.toReversed().join(' * ')} }`
    expect(refusal(text).reason).toContain('1024 values at once')
  })
})

test('what was refused leaves nothing behind: the next kernel works', () => {
  for (let k = 0; k < 50; k++) expect(() => kernel(`(x) => nothing${k} + x`)).toThrow(KernelError)
  expect((kernel('x + 1') as (x: NumericArray) => NumericArray)(Float64Array.of(1))).toEqual(Float64Array.of(2))
})
