import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findFreeNames } from '../dist/source/captures.js'
import { isNodeGlobal, isProbedName } from '../dist/child/node-globals.js'
import { parseFunction } from '../dist/source/parse-function.js'
import { evaluate, refusal, sent, untransformed, type AnyFunction } from './fixtures/functions-from-text.ts'

describe('a name that only the surroundings declare is refused, with its place', () => {
  const captured: [what: string, text: string, name: string, line: number, column: number][] = [
    ['a variable', '(x) => x * factor', 'factor', 1, 12],
    ['on a later line', '(x) => {\n  return x *\n    factor\n}', 'factor', 3, 5],
    ['in a method', '({ m(x) { return factor } }).m', 'factor', 1, 15],
    ['in a method on a later line', '({ m(x) {\n return factor } }).m', 'factor', 2, 9],
    ['in a default', '(x = factor) => x', 'factor', 1, 6],
    ['in a default, though the body declares it', '(x = late) => { var late = 1; return late }', 'late', 1, 6],
    ['in a pattern', '({ a = factor }) => a', 'factor', 1, 8],
    ['in a computed key of a pattern', '({ [factor]: a }) => a', 'factor', 1, 5],
    ['shorthand', '() => ({ factor })', 'factor', 1, 10],
    ['assigned', '() => { factor = 1 }', 'factor', 1, 9],
    ['assigned by a pattern', '() => { [factor] = [1] }', 'factor', 1, 10],
    ['counted up', '() => factor++', 'factor', 1, 7],
    ['called', '() => helper(1)', 'helper', 1, 7],
    ['the object of a member', '() => config.size', 'config', 1, 7],
    ['a computed member', '(o) => o[key]', 'key', 1, 10],
    ['in a template', '(x) => `${x}${factor}`', 'factor', 1, 15],
    ['outside the block that declares it', '() => { { let x = 1 } return x }', 'x', 1, 30],
    ['outside the catch that declares it', '() => { try {} catch (e) {} return e }', 'e', 1, 36],
    ['outside the loop that declares it', '() => { for (const i of []) ; return i }', 'i', 1, 38],
    ['outside the switch that declares it', '() => { switch (1) { case 1: let y } return y }', 'y', 1, 45],
    ['the name of a function expression, outside it', '() => { (function f() {}); return f }', 'f', 1, 35],
    ['the name of a class expression, outside it', '() => { (class K {}); return K }', 'K', 1, 30],
    ['a superclass', '() => class extends Base {}', 'Base', 1, 21],
    ['in a field', '() => class { a = factor }', 'factor', 1, 19],
    ['in a static block', '() => class { static { factor } }', 'factor', 1, 24],
    ['in a computed key of a class', '() => class { [factor]() {} }', 'factor', 1, 16],
    ['in a nested function', '() => () => { return function () { return factor } }', 'factor', 1, 43],
    ['behind typeof', '() => typeof debug', 'debug', 1, 14],
    ['behind typeof of a member', '() => typeof factor.x', 'factor', 1, 14],
    ['in import()', '() => import(path)', 'path', 1, 14],
    ['under with', '(function (o) { with (o) { return factor } })', 'factor', 1, 34],
    ['itself, without a name of its own', 'var again = (n) => n && again(n - 1); again', 'again', 1, 13],
    ['require', "() => require('node:fs')", 'require', 1, 7],
    ['__dirname', '() => __dirname', '__dirname', 1, 7],
    ['this of an arrow', '() => this', 'this', 1, 7],
    ['this of an arrow, in a computed key', '() => class { [this.x] = 1 }', 'this', 1, 16],
    ['arguments of an arrow', '(function () { return () => arguments })()', 'arguments', 1, 7],
    ['arguments of an arrow, behind typeof', '(function () { return () => typeof arguments })()', 'arguments', 1, 14],
    ['new.target of an arrow', '(function () { return () => new.target })()', 'new.target', 1, 7],
    ['super of a method', '({ m() { return super.m } }).m', 'super', 1, 14],
    ['super of an arrow', '({ m() { return () => super.m } }).m()', 'super', 1, 7],
    [
      'super() of an arrow',
      'new (class extends Object { constructor() { const f = () => super(); f(); return f } })',
      'super',
      1,
      7,
    ],
    ['a private name', '(class { #p = 1; m() { return this.#p } }).prototype.m', '#p', 1, 19],
    ['a private name, in an arrow', '(class { static #p = 1; static f = (o) => #p in o }).f', '#p', 1, 8],
    [
      'a name-keeping helper that is also used otherwise',
      '() => { const f = keep(() => 1, "f"); return keep }',
      'keep',
      1,
      46,
    ],
    ['what resembles a name-keeping helper: a value first', '(row) => pick(row, "name")', 'pick', 1, 10],
    ['what resembles a name-keeping helper: three arguments', '() => once(() => 1, "f", 2)', 'once', 1, 7],
    ['what resembles a name-keeping helper: text that is computed', '(n) => label(() => 1, n)', 'label', 1, 8],
  ]

  test.each(captured)('%s', (_what, text, name, line, column) => {
    const error = refusal(evaluate(text))
    expect(error).toMatchObject({ name: 'TargetError', code: 'ERR_TARGET_CAPTURES' })
    expect(error.message).toContain(`uses "${name}" (line ${line}, column ${column})`)
    expect(error.message).toContain("target(new URL('./work.js', import.meta.url), '")
  })

  test('import.meta', async () => {
    const { metaUrl } = await untransformed.load('./module-scope.mjs')
    const error = refusal(metaUrl as AnyFunction)
    expect(error.message).toContain('metaUrl uses "import.meta" (line 1, column 7)')
    expect(error.message).toContain('pass import.meta.url in args')
  })

  test('several names: all of them, in the order of their first use, the first with its place', () => {
    const error = refusal(evaluate('var work = (x) => x * factor + offset(scale, factor); work'))
    expect(error.message).toBe(
      'work uses "factor" (line 1, column 12), "offset" and "scale", which do not exist in the child process. ' +
        "Pass them in args, or name an exported function: target(new URL('./work.js', import.meta.url), 'work').",
    )
  })

  test('the import that a compiler turned into a member is named', () => {
    expect(refusal(evaluate('(x) => (0, m_1.helper)(x)')).message).toContain('the import "helper"')
  })

  test('a name that hides a global is not taken for the global', () => {
    expect(sent(evaluate('(Math) => Math.max'))({ max: 5 })).toBe(5)
  })
})

describe("a tool's rewriting is refused as such", () => {
  test.each([
    ['(x) => (0,__vite_ssr_import_1__.helper)(x)', 'the imported binding "helper" as vitest rewrites it'],
    ['(x) => __vite_ssr_import_2__.other(x)', 'the imported binding "other" as vitest rewrites it'],
    ["async () => (await __vite_ssr_dynamic_import__('node:fs')).statSync", 'an import() as vitest rewrites it'],
    ['(x) => { cov_2f8k3().s[0]++; return x }', 'Istanbul put it there'],
    ['(x) => (cov_2f8k3().b[0][0]++, local(x))', 'Istanbul put it there'],
    ['(x) => __pow(x, 2)', 'A compiler or bundler put it there'],
    ['(x) => _jsx("p", { children: x })', 'A compiler or bundler put it there'],
    ['(x) => _object_spread({}, x)', 'A compiler or bundler put it there'],
    ['(x) => _objectSpread2({}, x)', 'A compiler or bundler put it there'],
    ['() => _interopRequireDefault(1)', 'A compiler or bundler put it there'],
  ])('%s', (text, sentence) => {
    const error = refusal(evaluate(text))
    expect(error).toMatchObject({ name: 'TargetError', code: 'ERR_TARGET_CAPTURES' })
    expect(error.message).toContain(sentence)
  })
  test('this file, as vitest runs it, is an example', () => {
    expect(refusal(() => promisify(execFile)).message).toMatch(/"(?:promisify|execFile)" as vitest rewrites it/)
  })
  test('a variable that merely begins with an underscore is not', () => {
    expect(refusal(evaluate('() => _objects')).message).toContain('Pass it in args')
  })
})

describe('scopes, over random programs whose free names are known', () => {
  /** A piece of program: its text, given the names declared around it; the names it leaves free are added to `free`. */
  type Piece = (declared: ReadonlySet<string>, free: Set<string>) => string

  const { piece } = fc.letrec<{ piece: Piece; pieces: Piece }>((tie) => {
    const name = fc.constantFrom('a', 'b', 'c', 'd')
    const inner = tie('pieces')
    /** `render` writes the scope; what is `inside` sees `name` as well. */
    const scope = (render: (name: string, inside: string, outside: string) => string) =>
      fc.tuple(name, name, inner).map(([own, other, body]): Piece => (declared, free) => {
        if (!declared.has(other)) free.add(other)
        return render(own, body(new Set([...declared, own]), free), other)
      })
    return {
      piece: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        name.map((used): Piece => (declared, free) => {
          if (!declared.has(used)) free.add(used)
          return `${used};`
        }),
        name.map(
          (unused): Piece =>
            () =>
              `({ ${unused}: 1 }).${unused}; ${unused}: for (;;) break ${unused};`,
        ),
        scope((own, inside, outside) => `${outside}; { ${inside} let ${own} = 1 }`),
        scope((own, inside, outside) => `{ ${inside} function ${own}() { ${own} } } ${outside};`),
        scope((own, inside, outside) => `{ class ${own} { static { ${inside} } } } ${outside};`),
        scope((own, inside, outside) => `(class ${own} { f = () => { ${inside} } }); ${outside};`),
        scope((own, inside, outside) => `(class { [${outside}](${own}) { ${inside} } });`),
        scope((own, inside, outside) => `((${own}) => { ${inside} }); ${outside};`),
        scope((own, inside, outside) => `${outside}; ((...[{ x: ${own} }]) => { ${inside} });`),
        scope(
          (own, inside, outside) => `(function (x = ${outside}) { ${inside} { if (x) { var { y: [${own}] } = x } } });`,
        ),
        scope((own, inside, outside) => `(() => { ${inside} for (var ${own} in x); var x }); ${outside};`),
        scope((own, inside, outside) => `(function ${own}() { ${inside} }); ${outside};`),
        scope((own, inside, outside) => `try { ${outside} } catch ({ ${own} }) { ${inside} }`),
        scope((own, inside, outside) => `for (const ${own} of []) { ${inside} } ${outside};`),
        scope((own, inside, outside) => `for (let ${own} = 0; ; ) { ${inside} } ${outside};`),
        scope((own, inside, outside) => `switch (${outside}) { case 1: ${inside} case 2: let ${own} }`),
      ),
      pieces: fc.array(tie('piece'), { maxLength: 3, depthIdentifier: 'pieces' }).map(
        (all): Piece =>
          (declared, free) =>
            all.map((one) => one(declared, free)).join(' '),
      ),
    }
  })

  test('exactly those are found', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (all) => {
        const free = new Set<string>()
        const text = `() => { 'use strict'; ${all.map((one) => one(new Set(), free)).join(' ')} }`
        evaluate(text)
        const parsed = parseFunction(text, false)
        if (parsed.problem !== null || parsed.fn.type === 'ClassExpression') throw new Error(`not parsed: ${text}`)
        const found = findFreeNames(parsed.fn, parsed.strict, isNodeGlobal, isProbedName).captured.map(
          (one) => one.name,
        )
        expect([...found].toSorted(), text).toEqual([...free].toSorted())
      }),
      { numRuns: 500 },
    )
  })
})

test('every listed global exists, and none of the module scope is listed', () => {
  expect(['fetch', 'Buffer', 'undefined', 'structuredClone', 'Float64Array'].every((name) => isNodeGlobal(name))).toBe(
    true,
  )
  const moduleScope = ['require', 'module', 'exports', '__filename', '__dirname', 'arguments', 'expect', 'corepool']
  expect(moduleScope.some((name) => isNodeGlobal(name))).toBe(false)
  expect(
    Object.keys(Object.prototype)
      .concat('toString', 'constructor')
      .some((name) => isNodeGlobal(name)),
  ).toBe(false)
})

test('newer globals are those of the release of Node, not what a program has put on its own global object', () => {
  expect(['20.20.2', '22.0.0', '24.11.1'].map((node) => isNodeGlobal('WebSocket', node))).toEqual([false, true, true])
  expect(['23.7.0', '23.8.0'].map((node) => isNodeGlobal('URLPattern', node))).toEqual([false, true])
  Reflect.set(globalThis, 'EventSource', EventTarget)
  try {
    expect(refusal(evaluate('() => new EventSource("x")')).message).toContain('uses "EventSource"')
  } finally {
    Reflect.deleteProperty(globalThis, 'EventSource')
  }
})
