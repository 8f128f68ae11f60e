/** What is said of a failure in a child in which something that saying it needs is broken: by the target, by a preload, or for lack of room. */
import { Process, RemoteError, target } from 'corepool'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { program, runProgram } from './fixtures/run-program.ts'

const workUrl = new URL('./fixtures/targets/work.mjs', import.meta.url)

function run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
  // Its stderr is not the subject here.
  return new Process<unknown[], R>({ target: fn as (...args: unknown[]) => R, args, stdio: 'ignore' }).start().result
}

test.each([
  { status: 'fulfilled', value: 7 },
  { status: 'rejected', reason: new RangeError('it failed') },
])('the result of a target that has broken process.emit is $status all the same', async (outcome) => {
  // As where a preload's own process.emit needs what the target has replaced.
  const p = new Process({
    target: (ending: string) => {
      process.emit = () => {
        throw new Error('no event is told any more')
      }
      if (ending === 'rejected') throw new RangeError('it failed')
      return 7
    },
    args: [outcome.status],
    stdio: 'ignore',
  }).start()
  expect(await Promise.allSettled([p.result])).toEqual([outcome])
})

test.each(['Array', 'DOMException', 'Error', 'Map', 'Math', 'Object', 'Reflect', 'String', 'Symbol', 'globalThis'])(
  'an error keeps its class, code and cause where the target has replaced %s',
  async (name) => {
    const vandal = (replaced: string) => {
      const cause = new DOMException('too late', 'TimeoutError')
      const error = Object.assign(new RangeError('all is broken', { cause }), { code: 'E_BROKEN' })
      Reflect.set(globalThis, replaced, null)
      throw error
    }
    const error = await run(vandal, name).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'all is broken', code: 'E_BROKEN', cause: { name: 'TimeoutError' } })
    expect((error as Error).cause).toBeInstanceOf(DOMException)
  },
)

test.each(['get', 'set'])('an error keeps its class and code where every object inherits a "%s"', async (name) => {
  const pollute = (key: string) => {
    const error = Object.assign(new RangeError('all is broken'), { code: 'E_BROKEN' })
    Reflect.set(Object.prototype, key, () => 1)
    throw error
  }
  const error = await run(pollute, name).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'all is broken', code: 'E_BROKEN' })
  // The class of this one is made in the child, afterwards.
  const refused = (key: string) => {
    Reflect.set(Object.prototype, key, () => 1)
    return [() => {}]
  }
  await expect(run(refused, name)).rejects.toMatchObject({ name: 'TaskError', code: 'ERR_RESULT_NOT_CLONEABLE' })
})

test('errors are rebuilt where every object of the parent inherits a "get" or a "set"', async () => {
  const lines = ['get', 'set'].map((name) => `${name} 7 RangeError mine DOMException late\n`)
  expect(await runProgram(program('pollutes-descriptors.mjs'))).toMatchObject({ code: 0, stdout: lines.join('') })
})

test('what a target replaces in the modules of Node changes nothing in what is said of its error', async () => {
  const vandal = () => {
    for (const name of ['node:util', 'node:vm', 'node:v8', 'node:fs', 'node:path', 'node:url']) {
      const module = process.getBuiltinModule(name) as unknown as Record<string, unknown>
      for (const key of Object.keys(module)) Reflect.set(module, key, null)
    }
    throw Object.assign(new RangeError('all is broken'), { code: 'E_BROKEN' })
  }
  const error = await run(vandal).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'all is broken', code: 'E_BROKEN' })
})

test('what is wrong is worded where the stack ended when it was to be worded first', async () => {
  const deep = () => {
    const recurse = (): void => {
      try {
        recurse()
      } catch {
        // Refused; at the end of the stack there is no room to say so.
        process.send?.({ cmd: 'NODE_reserved' })
      }
    }
    recurse()
  }
  await expect(run(deep)).rejects.toMatchObject({
    name: 'CorepoolError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: expect.stringContaining('NODE_reserved'),
  })
})

test.each([['--disallow-code-generation-from-strings'], ['--enable-source-maps']])(
  'what is wrong is worded in a child with %s, with places in the file that it runs',
  async (flag) => {
    const p = new Process({ target: () => [() => {}], execArgv: [flag], stdio: 'ignore' }).start()
    const error = await p.result.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', message: expect.stringContaining('result[0]') })
    const [, file, line] = /\((.*bootstrap\.cjs):(\d+):\d+\)/.exec(String((error as Error).stack)) ?? []
    expect(readFileSync(String(file), 'utf8').split('\n')[Number(line) - 1]).toContain('ERR_RESULT_NOT_CLONEABLE')
  },
)

test('an error is told as text where a preload lets no text be compiled', async () => {
  const preload = new URL('./fixtures/preloads/compiles-nothing.cjs', import.meta.url).pathname
  const p = new Process({ target: target(workUrl, 'fail'), execArgv: ['--require', preload], stdio: 'ignore' }).start()
  const error = await p.result.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({ message: expect.stringMatching(/Failure: as planned[^]*E_PLANNED[^]*deep down/) })
  expect(await p.exited).toEqual({ exitCode: 1, signalCode: null })
})
