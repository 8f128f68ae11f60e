/** Values that V8 writes although nobody can read what it wrote. */
import { BlockList, SocketAddress } from 'node:net'
import { Process, target } from 'corepool'
import { expect, test } from 'vitest'
import { program, runProgram } from './fixtures/run-program.ts'

const fixture = new URL('./fixtures/targets/unreadable.mjs', import.meta.url)
const { compiled, hidden } = (await import(fixture.href)) as { compiled(): object; hidden(): object[] }

function run(name: string, ...args: unknown[]): Process<unknown[], unknown> {
  return new Process({ target: target<(...given: unknown[]) => unknown>(fixture, name), args, stdio: 'ignore' }).start()
}

async function all(messages: AsyncIterableIterator<unknown>): Promise<unknown[]> {
  const heard: unknown[] = []
  for (;;) {
    try {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
      const { value, done } = await messages.next()
      if (done) return heard
      heard.push(value)
    } catch (error) {
      heard.push((error as { code: string }).code)
    }
  }
}

const named = (path: string, kind: string) => new RegExp(`^${path} cannot be copied .* ${kind}`)

test('a module of WebAssembly is refused by its path: in arguments, messages and results', async () => {
  const refused = { code: 'ERR_ARGS_NOT_CLONEABLE' }
  expect(() => run('give', new Map([['a', [compiled()]]]))).toThrow(
    expect.objectContaining({
      ...refused,
      message: expect.stringMatching(/^args\[0\]\.get\("a"\)\[0\] .* WebAssembly/),
    }),
  )
  const p = run('say', 'plain')
  expect(() => p.send({ deep: new Set([compiled()]) })).toThrow(
    expect.objectContaining({ ...refused, message: expect.stringMatching(/^message\.deep\.values\(\)\[0\] /) }),
  )
  expect(await all(p.messages())).toEqual([
    expect.stringMatching(/^ERR_ARGS_NOT_CLONEABLE: message\.list\[1\] cannot .* WebAssembly/),
    'last',
  ])
  await expect(run('give', 'plain').result).rejects.toMatchObject({
    code: 'ERR_RESULT_NOT_CLONEABLE',
    message: expect.stringMatching(named('result\\.list\\[1\\]', 'WebAssembly.Module')),
  })
})

test('one that nobody found is refused where it is read, and what is sent after it arrives', async () => {
  await expect(run('give', hidden()).result).rejects.toMatchObject({ code: 'ERR_ARGS_NOT_CLONEABLE' })
  await expect(run('give', 'hidden').result).rejects.toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE' })
  expect(await all(run('say', 'hidden').messages())).toEqual(['ERR_ARGS_NOT_CLONEABLE', 'last'])
  const echo = new Process({
    target: target<(count: number) => Promise<string>>(
      new URL('./fixtures/targets/messages.mjs', import.meta.url),
      'echo',
    ),
    args: [1],
    stdio: 'ignore',
  }).start()
  echo.send(hidden())
  await expect(echo.result).rejects.toMatchObject({ code: 'ERR_ARGS_NOT_CLONEABLE' })
})

test('an error that carries one keeps its class, its message and its other fields', async () => {
  const error = await run('fail').result.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({
    message: 'the real error',
    at: 7,
    module: expect.stringContaining('Module'),
    cause: expect.stringContaining('Module'),
  })
})

test("a parent does not end by what its child sends through process.send, of which nothing is the parent's business", async () => {
  // The parent in question is a Process itself: an error that nobody catches there ends it.
  const parent = run('hearRaw')
  expect(await parent.result).toEqual(Array.from({ length: 4 }, () => [true, null]))
  expect(await parent.exited).toEqual({ exitCode: 0, signalCode: null })
})

test.each<[string, object]>([
  ['URL', new URL('http://localhost')],
  ['URLSearchParams', new URLSearchParams('a=1')],
  ['Blob', new Blob(['x'])],
  ['Headers', new Headers({ a: 'b' })],
  ['Request', new Request('http://localhost')],
  ['Response', new Response('x')],
  ['FormData', new FormData()],
  ['ReadableStream', new ReadableStream()],
  ['WritableStream', new WritableStream()],
  ['TransformStream', new TransformStream()],
  ['BlockList', new BlockList()],
  ['SocketAddress', new SocketAddress({})],
  ['URL', new (class Mine extends URL {})('http://localhost')],
])('a %s, of which nothing would arrive, is refused by its path', (name, value) => {
  const args: [unknown] = [{ deep: [value] }]
  expect(() => new Process({ target: (given: unknown) => given, args })).toThrow(
    expect.objectContaining({
      code: 'ERR_ARGS_NOT_CLONEABLE',
      message: expect.stringMatching(named('args\\[0\\]\\.deep\\[0\\]', name)),
    }),
  )
})

test('a class of the same name that is not Node’s own is data as ever', async () => {
  class File {
    readonly path = '/a'
  }
  const { result } = new Process({ target: (file: File) => file.path, args: [new File()] }).start()
  expect(await result).toBe('/a')
})

test('a value that is nested too deep for the stack, where it is written or read, is refused as that', async () => {
  const { stdout } = await runProgram(program('deep-values.mjs'))
  const read = expect.stringMatching(/^(?:args|result) cannot be read in this process .*: it is nested too deep/)
  const written = expect.stringMatching(/^(?:args|result) cannot be copied .*: it is nested too deep/)
  const [args, result] = ['ERR_ARGS_NOT_CLONEABLE', 'ERR_RESULT_NOT_CLONEABLE']
  expect(JSON.parse(stdout)).toEqual([
    [args, read],
    [result, read],
    [args, written],
    [result, written],
  ])
  expect(stdout).not.toMatch(/another version|plain data/)
})
