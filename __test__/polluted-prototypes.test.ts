/** What was put on Object.prototype, and never meant for this package, is not read as a part of it. */
import { kernel, square } from 'corepool'
import { expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'

const numbers = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i)

const everyPrototype: object = Object.prototype

/** Calls `run` while every object inherits a property of that name. */
function whileInherited<R>(name: string, value: unknown, run: () => R): R {
  Object.defineProperty(everyPrototype, name, {
    __proto__: null,
    value,
    writable: true,
    configurable: true,
  } as PropertyDescriptor)
  try {
    return run()
  } finally {
    Reflect.deleteProperty(everyPrototype, name)
  }
}

test('a built-in kernel is not taken for a compiled one, nor are moved arrays given to a function that objects inherit', async () => {
  const given: unknown[] = []
  const prepare = (...all: unknown[]): unknown => given.push(...all)
  const xs = numbers(1000)
  const expected = xs.map((x) => x * x)
  expectSame(
    whileInherited('prepare', prepare, () => square(xs)),
    expected,
  )
  const promise = whileInherited('prepare', prepare, () => square.async(xs, { transfer: [xs] }))
  expect([given, xs.length]).toEqual([[], 0])
  expectSame(await promise, expected)
  expect(whileInherited('prepare', prepare, () => [square.info.operations, square.sum(numbers(3))])).toEqual([1, 5])
  expect(whileInherited('prepare', prepare, () => kernel((x: number) => x + 1)(2))).toBe(3)
})
