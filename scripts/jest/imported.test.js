// The package as a project's tests under jest use it.
import { expect, test } from '@jest/globals'
import { isNative, kernel, Process, square, sum, target } from 'corepool'

const xs = Float64Array.of(1, 2, 3)

test('the addon runs', () => {
  expect(isNative).toBe(true)
})

test('kernels give the values of plain JavaScript, at once and later', async () => {
  expect(square(xs)).toEqual(xs.map((x) => x * x))
  expect(kernel((x) => 3 * x + 1)(xs)).toEqual(xs.map((x) => 3 * x + 1))
  expect(await square.async(xs)).toEqual(Float64Array.of(1, 4, 9))
  expect(sum(xs)).toBe(6)
})

test('a mistake has its code', () => {
  expect(() => square([1])).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
})

test('a function runs in a process of its own', async () => {
  const p = new Process({ target: (array) => [array.map((x) => -x), process.pid], args: [xs] })
  p.start()
  const [negatives, pid] = await p.result
  expect(negatives).toEqual(Float64Array.of(-1, -2, -3))
  expect(pid).not.toBe(process.pid)
  expect(await p.join()).toBe(true)
  expect(p.exitCode).toBe(0)
})

test('so does an export of a module', async () => {
  const p = new Process({ target: target(new URL('./work.js', import.meta.url), 'double'), args: [21] })
  p.start()
  expect(await p.result).toBe(42)
})

test('an error of the child is one of its class here', async () => {
  const p = new Process({
    target: () => {
      throw new RangeError('too far')
    },
    stdio: 'ignore',
  })
  p.start()
  await expect(p.result).rejects.toThrow(RangeError)
})
