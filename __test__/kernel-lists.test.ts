/** Arrays that a kernel writes down: what they hold, which of them a lane has, and how much of them there may be. */
import { runInThisContext } from 'node:vm'
import { isNative, kernel, sum, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'

type AnyFunction = (...values: number[]) => number

const xs = Float64Array.from({ length: 1000 }, (_, i) => (i % 50) - 25)

/** Fails unless the kernel of that text gives what its function gives, and by its program. */
function expectValues(text: string): void {
  const fn = runInThisContext(`(${text}\n)`) as AnyFunction
  const compiled = kernel(text)
  expectSame(
    compiled(xs) as NumericArray,
    xs.map((x) => fn(x)),
  )
  expect(compiled.info.engine).toBe(isNative ? 'native' : 'js')
  expect(compiled.info.reason ?? '').not.toContain('The function itself')
}

describe('arrays that contain each other twice, which one of them a lane has being told by its element', () => {
  const doubled = 'for (let i = 0; i < 40; i++) { l = [l, l]; m = [m, m] }'
  test.each([
    `(x) => { let l = [1, 2], m = [3, 4]; ${doubled} let q = x > 0 ? l : m; for (let i = 0; i < 40; i++) q = q[1]; return q[0] + q[1] }`,
    `(x) => { let l = [1, 2], m = [3, 4]; ${doubled} let q = l; if (x > 0) q = m; for (let i = 0; i < 40; i++) q = q[0]; return q[1] }`,
    `(x) => { let l = [1, x], m = [x, 4], r = 0; for (let i = 0; i < 40; i++) { [l, m] = [[l, m], [m, l]]; if (i === 39) r = (x > 0 ? l : m)[0] } for (let i = 0; i < 39; i++) r = r[0]; return r[1] }`,
  ])('%s', expectValues)
})

describe('numbers that the text writes down, one of which an element chooses', () => {
  /** Every index that is one, and what is none: beyond both ends, between two, and what only looks like one. */
  const indices = Float64Array.from(
    { length: 5000 },
    (_, k) => [k - 8, k / 4, -k, k * 2 ** 32, k ** 40][k % 5] as number,
  )
  indices.set([-0, 0.5, NaN, Infinity, -Infinity, 2 ** 32, 2 ** 53, -1, 1e-310])
  /** Special values among them, so that each bit counts. */
  const numbers = (length: number): string =>
    Array.from({ length }, (_, k) => ['-0', '0', 'NaN', '1 / 0', '2 ** 53', `-${k}.1`, `${k} / 3`][k % 7]).join(', ')

  test.each([1, 2, 3, 12, 13, 14, 64, 512, 2000, 5000])('%i of them', async (length) => {
    const list = `[${numbers(length)}]`
    for (const text of [
      `(x) => ${list}[x]`,
      `(x) => { const list = ${list}; return list[x] * 2 + list[x % ${length}] + list[${length - 1}] }`,
      `(x, i) => ${list}[i % ${length + 1}]`,
    ]) {
      const fn = runInThisContext(`(${text}\n)`) as AnyFunction
      const compiled = kernel(text, { index: text.startsWith('(x, i)') })
      const expected = indices.map((x, i) => fn(x, i))
      expectSame(compiled(indices) as NumericArray, expected)
      expectSame(await compiled.async(indices), expected)
      expect(compiled.sum(indices)).toBe(sum(expected))
      expect(compiled.info.engine).toBe(isNative ? 'native' : 'js')
      expect(compiled.info.operations).toBeLessThan(60)
    }
  })

  test('beside bound arrays, and in bound functions and kernels', () => {
    const lut = Float64Array.from({ length: 50 }, (_, k) => k * k)
    const list = (first: number): string => `[${Array.from({ length: 30 }, (_, k) => first + k)}]`
    const inner = kernel(`(x) => ${list(100)}[x] + lut[x]`, { bindings: { lut } })
    const g = runInThisContext(`(x) => ${list(500)}[x]`) as AnyFunction
    const f = kernel(`(x) => lut[x] * ${list(7)}[x] + inner(x) + g(x) + lut.length`, { bindings: { lut, inner, g } })
    lut[3] = 0.5
    expectSame(
      f(indices) as NumericArray,
      indices.map((x) => {
        const at = (first: number): number => (x >= 0 && x < 30 && x % 1 === 0 ? first + x : NaN)
        const read = lut[x] ?? NaN
        return read * at(7) + (at(100) + read) + at(500) + 50
      }),
    )
    expect(f.info.engine).toBe(isNative ? 'native' : 'js')
  })

  test('more of them than a program has places for', () => {
    const lists = Array.from({ length: 70 }, (_, k) => `[${Array.from({ length: 13 }, (__, n) => k * n)}][x]`)
    expectValues(`(x) => ${lists.join(' + ')}`)
    const arrays = Array.from({ length: 64 }, (_, k) => `a${k}`)
    const bindings = Object.fromEntries(arrays.map((name, k) => [name, Float64Array.of(k)]))
    const f = kernel(`(x) => ${arrays.map((name) => `${name}[0]`).join(' + ')} + ${lists[5]}`, { bindings })
    expect(f(Float64Array.of(3))).toEqual(Float64Array.of((64 * 63) / 2 + 15))
  })

  test('bound a loop, where a bound number chooses', () => {
    const text = `(x) => { let s = x; for (let i = 0; i < [${Array.from({ length: 20 }, (_, k) => k % 7)}][k]; i++) s += i; return s }`
    for (const k of [0, 6, 19]) {
      const added = ((k % 7) * ((k % 7) - 1)) / 2
      expect(kernel(text, { bindings: { k } })(Float64Array.of(1))).toEqual(Float64Array.of(1 + added))
    }
  })

  test('and where an element does, the loop is refused as one whose end depends on it', () => {
    const text = `(x) => { let s = x; for (let i = 0; i < [${Array.from({ length: 20 }, (_, k) => k)}][x]; i++) s += i; return s }`
    expect(() => kernel(text)).toThrow(expect.objectContaining({ reason: expect.stringContaining('data-dependent') }))
  })
})

test('arrays that double their items are refused, in a loop and by calls', () => {
  const loop = '(x) => { let l = [1]; for (let i = 0; i < 40; i++) l = [...l, ...l]; return x + l.length }'
  expect(() => kernel(loop)).toThrow(
    expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining('unroll') }),
  )
  const functions = Array.from({ length: 15 }, (_, k) => `const f${k + 1} = (v) => f${k}(v) + f${k}(-v)`)
  const calls = `(x) => { const f0 = (v) => v; ${functions.join('; ')}; return f15(x) }`
  expect(() => kernel(calls)).toThrow(
    expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining('calls and spreads') }),
  )
})

test('an array of many items that a loop indexes is refused before that fills the memory', () => {
  const list = `[${Array.from({ length: 2000 }, (_, k) => `x + ${k}`)}]`
  const text = `(x) => { const list = ${list}; let s = 0; for (let i = 0; i < 8000; i++) s += list[(x + i) % 2000]; return s }`
  expect(() => kernel(text)).toThrow(
    expect.objectContaining({ code: 'ERR_KERNEL_UNSUPPORTED', reason: expect.stringContaining('unroll') }),
  )
})
