/** explain(): where a target would run, and why. */
import { div, explain, isNative, kernel, square, target, type Target } from 'corepool'
import { describe, expect, test } from 'vitest'

const engine = isNative ? 'native' : 'js'
const double = (x: number): number => x * 2
const doubles = Float64Array.of(1)
const bigints = BigInt64Array.of(1n)
const word = (text: string): string => text.toUpperCase()

describe('explain', () => {
  test.each<[string, Target, unknown[], string, string]>([
    ['a built-in kernel', square, [], engine, 'kernel'],
    ['a compiled kernel', kernel((x: number) => x * 2 + 1), [], engine, 'kernel'],
    ['a plain function that compiles', double, [], engine, 'can be compiled'],
    ['with a typed array', double, [Float64Array.of(1)], engine, 'can be compiled'],
    ['with bigints', (x: bigint) => x * 2n, [bigints], engine, 'can be compiled'],
    ['with bigints, of numbers', double, [bigints], 'process', 'bigints beside numbers'],
    ['with numbers, of bigints', (x: bigint) => x * 2n, [doubles], 'process', 'bigints beside numbers'],
    ['with a list', double, [[1, 2]], 'process', 'sample is something else'],
    ['with a number', double, [1], 'process', 'sample is something else'],
    ['a function of Math', Math.sqrt, [Float64Array.of(1)], engine, 'can be compiled'],
    ['a plain function that does not', word, [], 'process', 'toUpperCase'],
    ['an export', target(new URL('fixtures/targets/work.mjs', import.meta.url), 'work'), [], 'process', 'export'],
  ])('%s', (_, what, sample, where, reason) => {
    const explained = explain(what, ...sample)
    expect(explained).toMatchObject({ engine: where, reason: expect.stringContaining(reason) })
    expect(String(explained)).toBe(`${where}: ${explained.reason}`)
    expect(Object.keys(explained)).toEqual(['engine', 'reason'])
  })

  test('a caret stands under what is not compiled', () => {
    const lines = String(explain(word)).split('\n')
    const caret = lines.findIndex((line) => /^\s+\| +\^$/.test(line))
    const at = (lines[caret] as string).indexOf('^')
    expect((lines[caret - 1] as string).slice(at)).toMatch(/^text\.toUpperCase/)
  })

  test('a function that cannot run anywhere says so', () => {
    const outside = word
    const explained = explain((x: number) => outside(String(x)))
    expect(explained.engine).toBe('process')
    expect(explained.reason).toContain('Nor can it run in a child process')
    expect(explained.reason).toContain('"outside"')
  })

  test.each<[string, Target, unknown[], string]>([
    ['a built-in kernel of numbers', div, [bigints, 1n], 'ERR_DTYPE'],
    ['a built-in kernel whose second operand is one', div, [1, bigints], 'ERR_DTYPE'],
    ['a function of Math', Math.sin, [bigints], 'ERR_DTYPE'],
    ['a compiled kernel of numbers', kernel(double), [bigints], 'ERR_KERNEL_UNSUPPORTED'],
    ['a compiled kernel of bigints', kernel((x: bigint) => x * 2n), [doubles], 'ERR_KERNEL_UNSUPPORTED'],
  ])('%s throws what a call with that sample throws', (_, what, sample, code) => {
    expect(() => explain(what, ...sample)).toThrow(expect.objectContaining({ code }))
    const call = (what === Math.sin ? kernel(Math.sin) : what) as (...operands: unknown[]) => unknown
    expect(() => call(...sample)).toThrow(expect.objectContaining({ code }))
  })

  test.each([5, 'text', null, {}, { url: 'nowhere' }])('%o is no target', (what) => {
    expect(() => explain(what as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  })
})
