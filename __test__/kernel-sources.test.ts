/** Every form in which a function's text comes: as written, as methods, minified, compiled for older versions, made from text. */
import { createContext, runInContext, runInThisContext } from 'node:vm'
import { transformSync } from 'esbuild'
import { isNative, kernel, KernelError } from 'corepool'
import { minify } from 'terser'
import { describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'

type AnyFunction = (...values: number[]) => number

const values = [0, -0, 1, -1, 2, 0.5, -2.5, 3, 7, 12, -0.1, 1e9, 2 ** 31, NaN, Infinity, -Infinity]
const pairs = values.flatMap((x) => values.map((y) => [x, y] as const))
const columns = [Float64Array.from(pairs, ([x]) => x), Float64Array.from(pairs, ([, y]) => y)]

/** Fails unless the function compiles, and its kernel gives its values by its program. */
function expectCompiles(fn: unknown): void {
  const compiled = kernel(fn as AnyFunction)
  const operands = columns.slice(0, compiled.length)
  const expected = Float64Array.from(pairs, (_, i) =>
    (fn as AnyFunction)(...operands.map((column) => column[i] as number)),
  )
  expectSame(compiled(...(operands as never[])) as never, expected)
  expect(compiled.info.engine).toBe(isNative ? 'native' : 'js')
  expect(compiled.info.reason ?? '').not.toContain('The function itself')
}

describe('forms of functions', () => {
  // In a context of their own, so that no tool has rewritten them.
  const forms: Record<string, unknown> = runInThisContext(`
    class Numbers { static half(x) { return x / 2 } third(x) { return x / 3 } }
    const key = 'computed'
    const object = { m(x) { return x * 2 }, get g() { return 1 }, [key + '1'](x) { return x + 1 }, 'q-r'(x) { return x - 1 },
      1(x) { return -x }, property: (x) => x * x, \r\n f: function (x) { return x } };
    ({
      'an arrow': (x) => x * 2 + 1,
      'an arrow of one parameter without parentheses': x => x + 1,
      'a function expression': function (x, y) { return x % y },
      'a named function': function name(x) { return Math.abs(x) },
      'a method': object.m,
      'a getter': Object.getOwnPropertyDescriptor(object, 'g').get,
      'a computed method': object.computed1,
      'a method of a quoted name': object['q-r'],
      'a method of a number': object[1],
      'a property': object.property,
      'a static method': Numbers.half,
      'a method of a class': Numbers.prototype.third,
      'new Function': new Function('a, b', 'c', 'return a + b * (c === undefined ? 1 : 1)'),
      'comments': (x /* one */) => /* [native code] */ x // two
        * 2,
      'CRLF': (x) => {\r\n  const y = x\r\n  return y * 2\r\n},
    })
  `) as Record<string, unknown>
  for (const [name, fn] of Object.entries(forms)) {
    if (name === 'a getter') test(name, () => expect(() => kernel(fn as AnyFunction)).toThrow(/no parameter/))
    else if (name === 'new Function') {
      test(name, () => expect(kernel(fn as AnyFunction)(Float64Array.of(1), 2, 3)).toEqual(Float64Array.of(3)))
    } else test(name, () => expectCompiles(fn))
  }

  test('a function of another realm', () => {
    const fn: unknown = runInContext('(x) => x * 2 + Math.abs(x)', createContext())
    expect(fn).not.toBeInstanceOf(Function)
    expectCompiles(fn)
  })

  test('an own toString says nothing', () => {
    const fn = Object.assign((x: number) => x + 1, { toString: () => '(x) => x + 2' })
    expectCompiles(fn)
  })

  test('methods with bindings, whose function is made from the text', () => {
    const { m } = { m: runInThisContext('({ m(x) { return x * k } }).m') as AnyFunction }
    const f = kernel(m, { bindings: { k: 3 } })
    expect(f(2)).toBe(6)
    expect(f(Float64Array.of(2))).toEqual(Float64Array.of(6))
  })
})

/** Programs as people write them, for tools to rewrite. */
const programs = {
  polynomial: '(x) => { const a = 0.25, b = 0.75; return ((a * x + b) * x - 1.5) * x - 2 }',
  clamp: '(x, y) => { if (x < y) { return y } else if (x > 100) { return 100 } return x }',
  steps: `(x) => {
    let total = 0
    for (let i = 0; i < 4; i++) {
      if (x === i) continue
      total += x * i
      if (total > 50) break
    }
    return total
  }`,
  switches: `(x, y) => {
    let r = 0
    switch (x) {
      case 0: r = y; break
      case 1: r = y * 2
      case 2: r += 1; break
      default: r = -y
    }
    return r
  }`,
  helpers:
    '(x) => { const square = (v) => v * v; function cube(v) { return square(v) * v } return cube(x) - square(x) }',
  power: '(x) => x ** 2 + Math.max(x, 1)',
  nullish: '(x) => (x ?? 3) + (x || 2)',
  booleans: '(x, y) => (x > 1 && y < 2 ? true : false) || x === y',
  spread: '(x, y) => { const [a, b] = [x, y]; const { p, q = 2 } = { p: a }; return p * q + b }',
  early: '(x) => { if (x > 3) return; if (x < 0) return -x; return x }',
  math: '(x) => { const { floor, PI } = Math; return floor(x / PI) * PI }',
}

describe('helpers of compilers', () => {
  const texts = {
    'that keep names': "(x) => { const g = __name((v) => v * 2, 'g'); return g(x) + k }",
    'that keep names, of any name': '(x) => { function g(v) { return v * 2 } a(g, "g"); return g(x) + k }',
    'that stand for an operator': '(x) => __pow(x, 3) + k',
  }
  const keep = (fn: unknown): unknown => fn
  for (const [name, text] of Object.entries(texts)) {
    const make = runInThisContext(`(k, __name, a, __pow) => ${text}`) as (...values: unknown[]) => AnyFunction
    const fn = make(2, keep, keep, Math.pow)
    const expected = Float64Array.from(values, (x) => fn(x))

    test(`${name}, in functions with bindings`, () => {
      const f = kernel(fn, { bindings: { k: 2 } })
      expectSame(f(Float64Array.from(values)) as never, expected)
      expectSame(
        Float64Array.from(values, (x) => f(x)),
        expected,
      )
    })

    test(`${name}, in texts`, () => {
      for (const f of [kernel(text, { bindings: { k: 2 } }), kernel(text.replace('k', '2'))]) {
        expectSame(f(Float64Array.from(values)) as never, expected)
        expectSame(
          Float64Array.from(values, (x) => f(x)),
          expected,
        )
        expect(f.info.reason ?? '').not.toContain('The function itself')
      }
    })
  }

  test('are what is bound to their names, where something is', () => {
    const f = kernel('(x) => __pow(x, 3)', { bindings: { __pow: (a: number, b: number) => a * b } })
    expect([f(5), ...(f(Float64Array.of(5)) as Float64Array)]).toEqual([15, 15])
  })

  test('are not names that only look like theirs: _pow may be anything', () => {
    expect(() => kernel('(x) => _pow(x, 2)')).toThrow(expect.objectContaining({ code: 'ERR_TARGET_CAPTURES' }))
  })
})

describe('what tools make of them compiles, and gives the same values', () => {
  for (const [name, text] of Object.entries(programs)) {
    const original = runInThisContext(`(${text})`) as AnyFunction
    const expected = Float64Array.from(pairs, ([x, y]) => original(...([x, y].slice(0, original.length) as [number])))

    const expectSameProgram = (code: string): void => {
      const fn = runInThisContext(`${code}\n;globalThis.__kernelUnderTest`) as AnyFunction
      expectCompiles(fn)
      const operands = columns.slice(0, original.length)
      expectSame(kernel(fn)(...(operands as never[])) as never, expected)
    }
    const assigned = `globalThis.__kernelUnderTest = ${text};`

    test(`${name}: terser`, async () => {
      const { code = '' } = await minify(assigned, { compress: { passes: 3, unsafe: true }, mangle: true })
      expectSameProgram(code)
    })
    for (const target of ['es2022', 'es2018', 'es2015']) {
      test(`${name}: esbuild, minified for ${target}`, () => {
        // Below ES2016 esbuild writes a helper for `**`, whose name must stay to be recognised.
        const minifyIdentifiers = target !== 'es2015'
        const how = { minifySyntax: true, minifyWhitespace: true, minifyIdentifiers, target }
        expectSameProgram(transformSync(assigned, how).code)
      })
    }
    test(`${name}: esbuild, names kept`, () => {
      expectSameProgram(transformSync(assigned, { minify: true, keepNames: true }).code)
    })
  }

  test('helpers that a compiler wrote are what they stand for, bound or alone', () => {
    const { code } = transformSync('globalThis.__kernelUnderTest = (x) => x ** 3', { target: 'es2015' })
    expect(code).toContain('__pow')
    const fn = runInThisContext(`${code}\n;globalThis.__kernelUnderTest`) as AnyFunction
    expectCompiles(fn)
  })
})

describe('a text', () => {
  test.each([
    ['3*x*x + 1', 2, 13],
    ['  x > 1 ? x : -x ;', 0.5, -0.5],
    ['Math.sqrt(abs)', 4, 2],
    ['((x) => x + 1)', 1, 2],
    ['function f(x) { return x * 3 }', 2, 6],
    ['x => {\n  return x\n}', 2, 2],
    ['x /* a comment */ + 1 // another', 1, 2],
    ['m(x) { return x + 1 }', 1, 2],
  ])('%j is compiled, and is a function too', (text, x, y) => {
    const f = kernel(text)
    expect(f(Float64Array.of(x))).toEqual(Float64Array.of(y))
    expect(f(x)).toBe(y)
  })

  test('its names are not those of the program around it', () => {
    expect(() => kernel('process.exit(1)')).toThrow(KernelError)
    expect(() => kernel('(x) => { globalThis.y = x; return x }')).toThrow(KernelError)
  })
})
