import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { parseFunction } from '../dist/source/parse-function.js'
import { compileFunction } from '../dist/child/compile.js'
import { readFunction } from '../dist/child/function-source.js'
import { evaluate, refusal, sent, type AnyFunction } from './fixtures/functions-from-text.ts'

describe('a function that was sent gives what it gave at home', () => {
  const accepted: [form: string, text: string, args?: unknown[]][] = [
    ['an arrow function', '(x) => x * x', [7]],
    ['an arrow without parentheses', 'x => ({ x })', [7]],
    ['a block-bodied arrow', '(x) => { const y = x + 1; return y }', [7]],
    ['an async arrow', 'async (x) => await x + 1', [7]],
    ['a function expression', '(function (x) { return x + 1 })', [7]],
    ['a named function that calls itself', '(function fact(n) { return n < 2 ? 1 : n * fact(n - 1) })', [6]],
    ['a declaration', 'function double(x) { return x * 2 } double', [7]],
    ['an async function', '(async function work(x) { return x + 1 })', [7]],
    ['a name from its variable', 'var assigned = (x) => -x; assigned', [7]],
    ['a comment that speaks of [native code]', '(x) => { /* function () { [native code] } */ return x }', [7]],
    ['a comment at the end', '(function (x) { return x // function () { [native code] }\n})', [7]],
    ['CRLF line ends', '(x) => {\r\n  return `a\r\nb${x}`\r\n}', [7]],
    ['a function built from text', "Function('a', 'b', 'return a + b')", [1, 2]],
    ['a method', '({ m(x) { return x + 1 } }).m', [7]],
    ['an async method', '({ async m(x) { return x + 1 } }).m', [7]],
    ['a method with a computed key', "({ ['c' + 1](x) { return x + 1 } }).c1", [7]],
    ['a method whose key exists only there', '(() => { const key = "k"; return { [key](x) { return x } }.k })()', [7]],
    ['a method with a symbol for a key', '({ [Symbol.iterator](x) { return x } })[Symbol.iterator]', [7]],
    ['a method with a string for a key', "({ 'q-r'(x) { return x } })['q-r']", [7]],
    ['a method with a number for a key', '({ 1(x) { return x } })[1]', [7]],
    ['a method called get', '({ get(x) { return x } }).get', [7]],
    ['a method called async', '({ async(x) { return x } }).async', [7]],
    ['a method called function', '({ function(x) { return x } }).function', [7]],
    ['a method called __proto__', '({ __proto__(x) { return x } }).__proto__', [7]],
    ['a method over several lines', '({ async ["m" +\n"n"] (x,\n y) { return [x,\n y] } }).mn', [1, 2]],
    ['a getter', "Object.getOwnPropertyDescriptor({ get g() { return 5 } }, 'g').get"],
    ['a setter', "Object.getOwnPropertyDescriptor({ set s(x) { return x } }, 's').set", [7]],
    ['a static method', '(class { static m(x) { return x + 1 } }).m', [7]],
    ['a static async method', '(class { static async m(x) { return x + 1 } }).m', [7]],
    ['a class method', '(class { m(x) { return x + 1 } }).prototype.m', [7]],
    [
      'a class with private names inside',
      '() => { class K { #p = 3; has(o) { return #p in o } get p() { return this.#p } } return new K().p }',
    ],
    [
      'a derived class inside',
      '() => { class A { v() { return 1 } } class B extends A { v = super.v() + 1; constructor() { super() } } return new B().v }',
    ],
    ['an object method with super inside', '() => ({ __proto__: { f() { return 2 } }, f() { return super.f() } }).f()'],
    ['a generator inside', '() => { function* g() { yield 1; yield 2 } return [...g()] }'],
    ['default parameters', '(x, y = x + 1, { z = y } = {}) => [x, y, z]', [1]],
    ['rest parameters', '(x, ...[y, ...rest]) => [x, y, rest]', [1, 2, 3, 4]],
    [
      'destructured parameters',
      '({ a, b: { c: d = 4 }, ...rest }, [e, , f]) => [a, d, rest, e, f]',
      [{ a: 1, b: {}, g: 2 }, [5, 6, 7]],
    ],
    ['arguments of its own', '(function () { return arguments.length })', [1, 2, 3]],
    ['arguments of its own, in an arrow inside', '(function () { return (() => arguments[1])() })', [1, 2]],
    [
      'this of its own, in a class inside',
      '() => { class K { a = 1; b = this.a; static { this.c = 2 } } return [new K().b, K.c] }',
    ],
    ['new.target', '(function () { return new.target === undefined })'],
    [
      'labels and breaks',
      '() => { let n = 0; outer: for (;;) { for (;;) { n += 1; if (n > 3) break outer; continue outer } } return n }',
    ],
    [
      'property names',
      "(o) => [o.free, o?.name, { free: 1, 'name': 2 }, { length() { return 3 } }.length()]",
      [{ free: 8 }],
    ],
    ['shorthand properties', '(a) => { const b = 2; return { a, b } }', [1]],
    ['var before its declaration', '() => { const before = late; { var late = 1 } return [before, late] }'],
    ['var in a for head', '() => { for (var i = 0; i < 3; i++); return i }'],
    ['a function before its declaration', '() => { return later(); function later() { return 4 } }'],
    ['a function of a block, sloppy', '(function () { { function inner() { return 1 } } return inner() })'],
    [
      'shadowing in every kind of block',
      '(x) => { const r = [x]; { let x = 2; r.push(x) } for (const x of [3]) r.push(x); try { throw 4 } catch (x) { r.push(x) } switch (x) { default: let y = 5; r.push(y) } return r }',
      [1],
    ],
    [
      'catch without and with a pattern',
      '() => { try { null.x } catch { } try { throw { a: 1 } } catch ({ a, b = a }) { return [a, b] } }',
    ],
    [
      'a named class that knows itself',
      '() => { const K = class Self { static make() { return new Self() instanceof K } }; return K.make() }',
    ],
    ['typeof of what tells where it runs', '() => [typeof window, typeof Deno, typeof require, typeof WebSocket]'],
    [
      'globals',
      '() => [Math.max(1, 2), typeof process.pid, Buffer.from("a").length, new URL("file:///a").pathname, typeof structuredClone, NaN, undefined]',
    ],
    [
      'assignment to a local pattern',
      '() => { let a, b; [a, { b }] = [1, { b: 2 }]; ({ a, x: b = a } = { a: 3 }); return [a, b] }',
    ],
    [
      'for of and for in over locals',
      '(o) => { const keys = []; for (const k in o) keys.push(k); for (let [k] of [[9]]) keys.push(k); return keys }',
      [{ a: 1 }],
    ],
    ['tagged templates and regular expressions', '() => [String.raw`a\\b`, /(?<name>x)/.exec("x").groups.name]'],
  ]

  test.each(accepted)('%s', async (_form, text, args = []) => {
    const original = evaluate(text)
    const copy = sent(original)
    expect(copy).not.toBe(original)
    expect(await copy(...args)).toEqual(await original(...args))
    expect(copy.name).toBe(original.name)
  })

  test('a function of another realm', () => {
    expect(sent(runInNewContext('(x) => x + 1'))(1)).toBe(2)
  })

  test('its own toString and name are not believed', () => {
    const fn = Object.assign(evaluate('(x) => x + 1'), { toString: () => '() => 666' })
    Object.defineProperty(fn, 'name', { get: () => 'lies' })
    expect(sent(fn)(1)).toBe(2)
  })
})

describe("a compiler's name-keeping helper, whatever it is called, counts as identity", () => {
  test.each([
    ['around an arrow', '() => { const inner = /* @__PURE__ */ __name((z) => z + 1, "inner"); return inner(1) }', 2],
    ['around a class', '() => { const K = o(class { v = 4 }, "K"); return new K().v }', 4],
    ['in a static block', '() => { class K { static { keep(this, "K") } } return K.name }', 'K'],
    ['after a declaration', '() => { function o(n) { return n } t(o, "inner"); return o(3) }', 3],
    ['with a template', '() => t(() => 3, `inner`)()', 3],
    ['around another', '() => t(() => t(() => 3, "inner")(), "outer")()', 3],
  ])('%s', (_where, text, value) => {
    expect(sent(evaluate(text))()).toBe(value)
  })
})

describe('strictness is kept', () => {
  const receiver = 'return this === undefined'
  test('a sloppy function stays sloppy, with its this and its syntax', () => {
    expect(sent(evaluate(`(function () { ${receiver} })`))()).toBe(false)
    expect(sent(evaluate('(function () { with ({}) { var package = 010 } return package })'))()).toBe(8)
  })
  test('a strict function stays strict', () => {
    expect(sent(evaluate(`(function () { 'use strict'; ${receiver} })`))()).toBe(true)
    expect(sent(evaluate(`'use strict'; (function () { ${receiver} })`))()).toBe(true)
    expect(sent(evaluate(`(class { static m() { ${receiver} } }).m`))()).toBe(true)
  })
  test('a kind of function that does not tell is sloppy only where it has to be', () => {
    expect(sent(evaluate('() => (function () { return this === undefined })()'))()).toBe(true)
    expect(sent(evaluate('() => { var package = 010; return package }'))()).toBe(8)
    expect(sent(evaluate('({ m(static) { return static } }).m'))(7)).toBe(7)
  })
  test.each([
    ['sloppy.cjs', ['isSloppy', 'arrow', 'asynchronous', 'method'], true],
    ['sloppy.cjs', ['classMethod', 'inStrictFunction'], false],
    ['strict.cjs', ['arrow', 'method'], false],
  ])('in the CommonJS file %s that of %j is what it was at home', async (file, names, sloppy) => {
    const path = fileURLToPath(new URL(`./fixtures/sent-functions/${file}`, import.meta.url))
    const exported = createRequire(import.meta.url)(path) as Record<string, AnyFunction>
    for (const name of names) {
      const fn = exported[name] as AnyFunction
      const copy = compileFunction(structuredClone(readFunction(fn, path)))
      expect(await fn(), name).toBe(sloppy)
      expect(await copy(), name).toBe(sloppy)
    }
  })
  test('a function in a block is not visible outside it in strict code', () => {
    const strict = evaluate(`(function () { 'use strict'; { function inner() {} } return inner })`)
    expect(refusal(strict).message).toContain('"inner" (line 1, column 60)')
  })
})

describe('a function without usable text is refused by its kind', () => {
  test.each([
    ['Math.sqrt', 'sqrt has no JavaScript source'],
    ["Object.getOwnPropertyDescriptor(Map.prototype, 'size').get", 'get size has no JavaScript source'],
    ['Array.prototype[Symbol.iterator]', 'values has no JavaScript source'],
    ['Array', 'Array has no JavaScript source'],
    ['(function work() {}).bind(null)', 'bound work is a bound function'],
    ['new Proxy(() => 1, {})', 'The target function is a Proxy'],
    [
      'new Proxy(class {}, { get() { throw 1 }, getOwnPropertyDescriptor() { throw 1 } })',
      'The target function is a Proxy',
    ],
    ['(class Work {})', 'Work is a class'],
    ['(class extends Object { static name() {} })', 'The target function is a class'],
    ['(function* walk() {})', 'walk is a generator'],
    ['(async function* walk() {})', 'walk is a generator'],
    ['({ *walk() {} }).walk', 'walk is a generator'],
    ['(class { #m() {} static get() { return new this().#m } }).get()', '#m is a private method'],
  ])('%s', (text, sentence) => {
    const error = refusal(evaluate(text))
    expect(error).toMatchObject({ name: 'TargetError', code: 'ERR_INVALID_ARG_VALUE' })
    expect(error.message).toContain(sentence)
    expect(error.message).toContain('or name an exported function: target(')
  })
  test('text that is no function is described with its place', () => {
    expect(parseFunction('(x) => {\n  x ??? 1\n}', false)).toMatchObject({ line: 2, column: 7 })
  })
})
