/** What goes between parent and child arrives, whatever else is on the way. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Process, target as exported } from 'corepool'
import { expect, test } from 'vitest'

const preload = fileURLToPath(new URL('./fixtures/preloads/listens.cjs', import.meta.url))

test.each([
  ['--require', { execArgv: ['--require', preload] }],
  ['-r', { execArgv: ['-r', preload] }],
  ['--import', { execArgv: [`--import=${preload}`] }],
  ['NODE_OPTIONS', { env: { ...process.env, NODE_OPTIONS: `--no-warnings --require "${preload}"` } }],
])('a preload by %s that listens to messages does not swallow the task', async (_, options) => {
  const p = new Process({ target: (n: number) => n + 1, args: [1], ...options }).start()
  expect(await p.result).toBe(2)
})

test('a child gets to work while its parent is busy', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-channel-'))
  try {
    const file = join(folder, 'worked')
    const work = (path: string) => process.getBuiltinModule('node:fs').writeFileSync(path, '')
    const p = new Process({ target: work, args: [file], execArgv: [] }).start()
    const deadline = performance.now() + 10_000
    while (!existsSync(file) && performance.now() < deadline);
    expect(existsSync(file)).toBe(true)
    await p.join()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("messages of Node's own form are refused in the child, where they would make the parent fail", async () => {
  const talk = () =>
    [{ cmd: 'NODE_HANDLE_ACK' }, Object.assign([], { cmd: 'NODE_' }), { cmd: 'other' }, { NODE_: 1 }].map((message) => {
      try {
        return process.send?.(message)
      } catch (error) {
        return (error as { code: string }).code
      }
    })
  const p = new Process({ target: talk }).start()
  expect(await p.result).toEqual(['ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_VALUE', true, true])
  expect((await p.exited).exitCode).toBe(0)
})

test('a server is not sent, as nobody could take it and its parent would never end', async () => {
  const sendServer = async () => {
    const server = process.getBuiltinModule('node:net').createServer().listen(0)
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      return process.send?.('mine', server)
    } catch (error) {
      return (error as { code: string }).code
    } finally {
      server.close()
    }
  }
  expect(await new Process({ target: sendServer }).start().result).toBe('ERR_NOT_SUPPORTED')
})

test.each(['an array', 'a buffer'])(
  'what is too large for the channel is refused in the child, where it would make the parent fail: %s',
  async (kind) => {
    const messages = new URL('./fixtures/targets/messages.mjs', import.meta.url)
    const p = new Process({ target: exported<(of: string) => unknown>(messages, 'sendTooLarge'), args: [kind] }).start()
    expect(await p.result).toEqual(['ERR_PAYLOAD_TOO_LARGE', 'ERR_PAYLOAD_TOO_LARGE'])
    expect((await p.exited).exitCode).toBe(0)
  },
)

test('a message too large for the channel is refused here, and the child goes on', async () => {
  await using p = new Process({ target: () => new Promise<never>(() => setInterval(() => {}, 1000)) }).start()
  expect(() => p.send([new Uint8Array(2 ** 30 + 1)])).toThrow(
    expect.objectContaining({ code: 'ERR_PAYLOAD_TOO_LARGE' }),
  )
  expect(p.isAlive()).toBe(true)
})

test('a result that is still on its way is not cut off by process.exit(), and nothing runs after that', async () => {
  const leave = () => {
    setImmediate(() => {
      process.exit(3)
      console.log('went on')
    })
    return new Uint8Array(2 ** 26).fill(7)
  }
  const p = new Process({ target: leave, stdio: 'pipe' }).start()
  let output = ''
  p.stdout?.on('data', (chunk: Buffer) => (output += chunk))
  p.stderr?.on('data', (chunk: Buffer) => (output += chunk))
  const bytes = await p.result
  expect([bytes.length, bytes.at(-1)]).toEqual([2 ** 26, 7])
  expect((await p.exited).exitCode).toBe(3)
  expect(output).toBe('')
})

test('nor is a value that was thrown', async () => {
  const leave = () => {
    setImmediate(() => process.exit(5))
    throw new Uint8Array(2 ** 26)
  }
  const p = new Process({ target: leave, stdio: 'ignore' }).start()
  await expect(p.result.catch((bytes: Uint8Array) => bytes.length)).resolves.toBe(2 ** 26)
  expect((await p.exited).exitCode).toBe(5)
})

const lastWords = new URL('./fixtures/targets/last-words.mjs', import.meta.url)
const small = 1_000
const large = 10_000_000

test.each(
  [
    ["a handler of 'uncaughtException' that exits", 'fromHandler', 4],
    ['a capture callback that exits', 'fromCapture', 4],
    ['a domain whose handler exits', 'fromDomain', 4],
    ["a handler of 'unhandledRejection' that exits", 'fromRejectionHandler', 4],
    ["a handler of 'uncaughtException' that fails", 'fromFailingHandler', 7],
    ["a monitor of 'uncaughtException' that exits", 'fromMonitor', 4],
    ['one that exits, and again with another code where it catches all', 'fromCaught', 4],
    ['one that exits, and sets another code where it catches all', 'fromCaughtWithExitCode', 4],
    ['one that exits, and again with another code where nothing catches', 'fromRejected', 4],
    ['one that exits, and again with another code at last', 'fromFinally', 4],
    ['one that exits with the code that it had set', 'fromExitWithoutCode', 4],
    ["a listener of 'exit' after process.exit()", 'fromExitAfterCall', 4],
    ["a listener of 'exit' after an uncaught error", 'fromExitAfterError', 1],
    ["a listener of 'exit' where nothing is left to do", 'fromExitByItself', 4],
  ].flatMap(([who, name, code]) => [small, large].map((bytes) => [bytes, who, name, code] as const)),
)('a message of %i bytes from %s arrives, and the exit code is as in Node', async (bytes, _, name, code) => {
  const say = exported<(size: number) => void>(lastWords, String(name))
  const p = new Process({ target: say, args: [bytes], stdio: 'ignore' }).start()
  const heard: unknown[] = []
  for await (const message of p.messages()) heard.push(message)
  expect(heard).toHaveLength(1)
  expect(Buffer.alloc(bytes, 7).equals(heard[0] as Uint8Array)).toBe(true)
  expect(await p.exited).toEqual({ exitCode: code, signalCode: null })
})

test.each([
  ["a handler of 'uncaughtException'", 'handlerExits'],
  ["a listener of 'exit'", 'exitExits'],
])('a result on its way is not cut off by process.exit() in %s', async (_, name) => {
  const make = exported<(size: number) => Uint8Array>(lastWords, name)
  const p = new Process({ target: make, args: [2 ** 26], stdio: 'ignore' }).start()
  expect(Buffer.alloc(2 ** 26, 7).equals(await p.result)).toBe(true)
  expect(await p.exited).toEqual({ exitCode: 4, signalCode: null })
})

test('the texts of an error are cut at a limit', async () => {
  const verbose = () => {
    const text = 'x'.repeat(2 ** 24)
    let error = new Error(text)
    for (let i = 0; i < 40; i++) error = new Error(text, { cause: error })
    throw error
  }
  const error = await new Process({ target: verbose, stdio: 'ignore' }).start().result.catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ message: 'x'.repeat(2 ** 20), cause: { message: 'x'.repeat(2 ** 20) } })
  expect((error as Error).stack?.length).toBeLessThan(2 ** 20 + 100)
})

test('an error in a timer arrives although its text is larger than what a pipe holds', async () => {
  const late = () =>
    new Promise<never>(() => {
      setTimeout(() => {
        throw new RangeError('x'.repeat(2 ** 24))
      }, 1)
    })
  const p = new Process({ target: late, stdio: 'ignore' }).start()
  await expect(p.result).rejects.toBeInstanceOf(RangeError)
})

/** A child that fails behind `most` messages, or as many as leave some unsent, while its parent reads nothing. */
async function failBehind(most: number): Promise<{ sent: number; error: unknown; exitCode: number | null }> {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-channel-'))
  try {
    const file = join(folder, 'sent')
    const fail = (count: number, path: string) =>
      new Promise<never>(() => {
        setImmediate(() => {
          const key = Object.getOwnPropertySymbols(process).find((name) => name.description === 'kChannelHandle')
          const channel = Reflect.get(process, key as symbol) as { writeQueueSize: number }
          let sent = 0
          for (; sent < count && channel.writeQueueSize === 0; sent++) process.send?.('x'.repeat(1000))
          const { renameSync, writeFileSync } = process.getBuiltinModule('node:fs')
          writeFileSync(`${path}.new`, String(sent))
          renameSync(`${path}.new`, path)
          throw new RangeError('behind them')
        })
      })
    const p = new Process({ target: fail, args: [most, file], stdio: 'ignore', execArgv: [] }).start()
    const deadline = performance.now() + 10_000
    while (!existsSync(file) && performance.now() < deadline);
    const error = await p.result.catch((thrown: unknown) => thrown)
    return { sent: Number(readFileSync(file, 'utf8')), error, exitCode: (await p.exited).exitCode }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('an uncaught error arrives behind messages that the channel has not taken, or that fill it', async () => {
  const { sent, ...more } = await failBehind(1e5)
  const { sent: fitting, ...exactly } = await failBehind(sent - 1)
  expect(fitting).toBe(sent - 1)
  for (const { error, exitCode } of [more, exactly]) {
    expect(error).toEqual(new RangeError('behind them'))
    expect(exitCode).toBe(1)
  }
})

test.each<[string, () => void]>([
  ['process.stdout.write', () => Reflect.set(process.stdout, 'write', () => true)],
  ['process.stderr.write', () => Reflect.set(process.stderr, 'write', () => true)],
  ['Promise', () => Reflect.set(globalThis, 'Promise', Map)],
  ['then of a promise', () => Reflect.set(Promise.prototype, 'then', () => {})],
  ['setTimeout', () => Reflect.set(globalThis, 'setTimeout', () => {})],
  ['the iteration of arrays', () => Reflect.set(Array.prototype, Symbol.iterator, undefined)],
  ['process.exit', () => Reflect.set(process, 'exit', () => {})],
  ['process.send', () => Reflect.set(process, 'send', undefined)],
  ['process', () => Reflect.set(globalThis, 'process', {})],
  ['JSON', () => Reflect.set(globalThis, 'JSON', undefined)],
  ['Buffer', () => Reflect.set(globalThis, 'Buffer', undefined)],
  ['Error', () => Reflect.set(globalThis, 'Error', Map)],
  [
    'Error.prepareStackTrace',
    () =>
      Reflect.set(Error, 'prepareStackTrace', () => {
        throw null
      }),
  ],
  [
    'a property of every object',
    () => Object.assign(Object.prototype, { cmd: 'NODE_x', code: 1, signal: 'SIGKILL', get: () => 1 }),
  ],
])('a target that replaces %s still ends, with its value or its error', async (_, vandalize) => {
  const runs = ['return 7', "throw new RangeError('on purpose')"].map((end) => {
    const text = `{
      const { RangeError } = globalThis
      process.on('unhandledRejection', () => {})
      ;(${String(vandalize)})()
      ${end}
    }`
    const target = (body: string) => process.getBuiltinModule('node:vm').runInThisContext(`(() => ${body})()`)
    return new Process({ target, args: [text], stdio: 'ignore' }).start()
  })
  const [returns, throws] = runs as [Process<[string], number>, Process]
  expect(await returns.result).toBe(7)
  expect((await returns.exited).exitCode).toBe(0)
  await expect(throws.result).rejects.toMatchObject({ message: expect.stringContaining('on purpose') })
  expect((await throws.exited).exitCode).toBe(1)
})
