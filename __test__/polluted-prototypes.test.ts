/** What was put on Object.prototype, and never meant for this package, is not read as a part of it. */
import { argMax, count, div, dot, kernel, Process, reciprocal, sin, square, sum, variance } from 'corepool'
import { expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'
import { program, runProgram } from './fixtures/run-program.ts'

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

test('reductions compute what they were asked for, whatever objects inherit', () => {
  const [xs, few] = [numbers(1000), numbers(10)]
  const reduce = (): unknown[] => [
    [sum(xs), sum(few), argMax(xs), dot(xs, xs), variance(few), count(few), square.sum(xs), div.max(few, 2)],
    [square.info.accuracy, reciprocal.info.accuracy, sin.info.accuracy, square.info.operations],
    [...square(few), ...square(Int8Array.from(few))],
    kernel('(x) => f(x)', { bindings: { f: sin } })(2),
  ]
  const expected = reduce()
  expect((expected[0] as unknown[])[0]).toBe(499_500)
  const values = [{ code: 0 }, [1], 7, () => 7]
  for (const name of ['operation', 'program', 'isDone', 'op', 'operations', 'inTwoSteps', 'sum', 'sin', 'int8']) {
    for (const value of values) expect([name, ...whileInherited(name, value, reduce)]).toEqual([name, ...expected])
  }
})

test('a quotient of bigints is refused, though every object inherits what could be a loop for them', () => {
  const bigints = BigInt64Array.of(1n, 2n)
  for (const name of ['int64', 'div']) {
    const call = (): unknown =>
      whileInherited(
        name,
        () => {},
        () => div(bigints, bigints),
      )
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_DTYPE' }))
  }
})

test.each(['pid', 'failing', 'cause', 'process'])(
  'a Process that cannot be started says so, though every object inherits a %s',
  async (name) => {
    for (const value of [7, () => 7]) {
      const start = (): Process<[], number> => new Process({ target: () => 7, execPath: '/nonexistent' }).start()
      const p = whileInherited(name, value, start)
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
      await expect(p.result).rejects.toMatchObject({ code: 'ERR_SPAWN_FAILED', cause: expect.any(Error) })
      // oxlint-disable-next-line eslint/no-await-in-loop
      await p.join()
      expect(p.pid).toBeNull()
    }
  },
)

test('no name that the package reads, inherited by every object, changes what calls give or which codes refusals have', async () => {
  const { code, stdout, stderr } = await runProgram(program('polluted-names.mjs'))
  expect([code, stderr]).toEqual([0, ''])
  const { names, wrong } = JSON.parse(stdout) as { names: number; wrong: unknown[] }
  expect(wrong).toEqual([])
  // It has found them at all.
  expect(names).toBeGreaterThan(500)
})

test('nor do all of them together, before the first call', async () => {
  const { code, stdout, stderr } = await runProgram(program('polluted-names.mjs'), 'cold')
  expect([code, stderr]).toEqual([0, ''])
  const { given, expected } = JSON.parse(stdout) as { given: string[]; expected: string[] }
  expect(given).toEqual(expected)
  expect(given).toContain('["square",49]')
})
