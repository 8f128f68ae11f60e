/** One memory under two SharedArrayBuffers: what JavaScript cannot tell, and the addon can. */
import { env } from 'node:process'
import { add, kernel, square, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'

/** More than a block of either engine, and more than an asynchronous call computes between two looks at the clock. */
const n = 40_000

/** The same memory under another object, as a message to a worker_thread makes one. */
const cloned = (): [SharedArrayBuffer, SharedArrayBuffer] => {
  const memory = new SharedArrayBuffer(8 * (n + 1))
  return [memory, structuredClone(memory)]
}

/** Memory of WebAssembly has another object after it grew. */
const grown = (): [SharedArrayBuffer, SharedArrayBuffer] => {
  const memory = new WebAssembly.Memory({ initial: 5, maximum: 8, shared: true })
  const before = memory.buffer as unknown as SharedArrayBuffer
  memory.grow(1)
  return [before, memory.buffer as unknown as SharedArrayBuffer]
}

type Call = (xs: Float64Array, out: Float64Array) => NumericArray | Promise<NumericArray>

const plusOne = kernel((x: number) => x * x + 1)
const looked = '(x, i) => x + table[i]'

const calls: [string, Call, (x: number) => number][] = [
  ['square', (xs, out) => square(xs, { out }), (x) => x * x],
  ['square.async', (xs, out) => square.async(xs, { out }), (x) => x * x],
  ['a second operand', (xs, out) => add(new Float64Array(n), xs, { out }), (x) => x],
  ['a compiled kernel', (xs, out) => plusOne(xs, { out }), (x) => x * x + 1],
  ['a compiled kernel, asynchronous', (xs, out) => plusOne.async(xs, { out }), (x) => x * x + 1],
  [
    'a bound array',
    (xs, out) => kernel(looked, { index: true, bindings: { table: xs } })(new Float64Array(n), { out }),
    (x) => x,
  ],
]

describe.each([
  ['a clone', cloned],
  ['grown memory of WebAssembly', grown],
])('an output in the same memory under %s', (_what, memory) => {
  test.each(calls)('is refused by the addon, and right without it: %s', async (_call, call, onNumber) => {
    const [one, other] = memory()
    expect(one).not.toBe(other)
    const xs = new Float64Array(one, 0, n).map((_, i) => i)
    const operand = new Float64Array(one, 0, n)
    operand.set(xs)
    const out = new Float64Array(other, 8, n)
    const outcome = (async () => call(operand, out))()
    if (env['COREPOOL_BINDING'] === 'none') {
      expect(await outcome).toBe(out)
      expect(out).toEqual(xs.map(onNumber))
    } else {
      await expect(outcome).rejects.toMatchObject({ code: 'ERR_OVERLAP' })
      expect(operand).toEqual(xs)
    }
  })
})
