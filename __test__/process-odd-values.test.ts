/** Values that do anything when they are looked at: the search for what cannot be copied ends, and is told under its code. */
import { Process, target } from 'corepool'
import { describe, expect, test } from 'vitest'

const fixture = new URL('./fixtures/targets/odd-values.mjs', import.meta.url)
const odd = (await import(fixture.href)) as Record<string, () => unknown>
const { oddlyThrowing } = (await import(fixture.href)) as { oddlyThrowing: Record<string, () => unknown> }

const exported = (name: string) => target<() => unknown>(fixture, name)

const idle = () => new Promise<never>(() => setInterval(() => {}, 1000))
const refusedHere = expect.objectContaining({ code: 'ERR_ARGS_NOT_CLONEABLE' })

test.each(['endless', 'endlesslyWide'])(
  'a value whose getters give new objects without end is refused, in arguments and messages: %s',
  async (name) => {
    expect(() => new Process({ target: (given: unknown) => given, args: [odd[name]?.()] })).toThrow(refusedHere)
    await using p = new Process({ target: idle }).start()
    expect(() => p.send(odd[name]?.())).toThrow(refusedHere)
  },
)

test('a result without end is refused, and so is a message of the child', async () => {
  const p = new Process({
    target: exported('endlessWays'),
    execArgv: ['--max-old-space-size=200'],
    stdio: 'ignore',
  }).start()
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE' })
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
})

test('an error that carries fields without end keeps its class and its message', async () => {
  const p = new Process({ target: exported('carryEndless'), stdio: 'ignore' }).start()
  const error = await p.result.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'mine', f0: expect.stringContaining('next') })
})

describe.each(Object.entries(oddlyThrowing))(
  'a value that cannot be read is refused under its code: %s',
  (name, make) => {
    test('in arguments and messages', async () => {
      expect(() => new Process({ target: (given: unknown) => given, args: [make()] })).toThrow(refusedHere)
      await using p = new Process({ target: idle }).start()
      expect(() => p.send(make())).toThrow(refusedHere)
    })

    test.each(['makeOdd', 'makeOddWithoutTexts'])('as a result, by %s, which leaves the exit code', async (way) => {
      const p = new Process({
        target: target<(which: string) => unknown>(fixture, way),
        args: [name],
        stdio: 'ignore',
      }).start()
      await expect(p.result).rejects.toMatchObject({ name: 'TaskError', code: 'ERR_RESULT_NOT_CLONEABLE' })
      expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
    })
  },
)
