/** Arrays that a kernel writes down: what they hold, which of them a lane has, and how much of them there may be. */
import { runInThisContext } from 'node:vm'
import { isNative, kernel, type NumericArray } from 'corepool'
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
