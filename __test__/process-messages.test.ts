/** send() and messages() of a Process, and of parentProcess() in its child. */
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import * as fc from 'fast-check'
import { Process, square, target } from 'corepool'
import { expect, test } from 'vitest'
import { Inbox } from '../dist/child/index.js'
import { program, runProgram } from './fixtures/run-program.ts'

const fixture = new URL('./fixtures/targets/messages.mjs', import.meta.url)
const echo = target<(count: number) => Promise<string>>(fixture, 'echo')
const talk = target<(messages: unknown[]) => void>(fixture, 'talk')
const listen = target<() => Promise<unknown[]>>(fixture, 'listen')

async function all(messages: AsyncIterable<unknown>): Promise<unknown[]> {
  const heard: unknown[] = []
  for await (const message of messages) heard.push(message)
  return heard
}

test('messages go both ways, in order, as structured clones', async () => {
  const p = new Process({ target: echo, args: [3] }).start()
  const sent = [new Map([[1n, new Set([1.5])]]), Float64Array.of(1, -0, NaN), { when: new Date(0), not: undefined }]
  for (const message of sent) p.send(message)
  expect(await all(p.messages())).toEqual(sent)
  expect(await p.result).toBe('echoed')
})

test('messages that came before anyone asked are kept, also when the child is gone', async () => {
  const p = new Process({ target: talk, args: [['one', 'two', 'three']] }).start()
  await p.join()
  expect(await all(p.messages())).toEqual(['one', 'two', 'three'])
  expect(await all(p.messages())).toEqual([])
})

test('many messages that were kept are read while the event loop turns', async () => {
  const sent = Array.from({ length: 1000 }, (_, i) => i)
  const p = new Process({ target: talk, args: [sent] }).start()
  await p.join()
  let turns = 0
  const count = (): void => {
    turns += 1
    counting = setImmediate(count)
  }
  let counting = setImmediate(count)
  expect(await all(p.messages())).toEqual(sent)
  clearImmediate(counting)
  expect(turns).toBeGreaterThan(10)
})

test('each of many messages that were kept is read in the same time', async () => {
  const inbox = new Inbox()
  const timeOf = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) inbox.add(() => i)
    const begun = performance.now()
    let inOrder = 0
    for await (const message of inbox.iterate((promise) => promise)) {
      if (message === inOrder) inOrder += 1
      if (message === count - 1) break
    }
    expect(inOrder).toBe(count)
    return performance.now() - begun
  }
  await timeOf(10_000)
  // Where each one that is taken moves all that are left it is more than a thousand times as long.
  expect(await timeOf(200_000)).toBeLessThan(200 * (await timeOf(10_000)))
})

test('each message is given out once, and leaving a loop leaves the rest', async () => {
  const p = new Process({ target: talk, args: [[1, 2, 3]] }).start()
  for await (const message of p.messages()) {
    expect(message).toBe(1)
    break
  }
  expect(await all(p.messages())).toEqual([2, 3])
})

test('who leaves while a message is waited for gets none, keeps none, and keeps no child alive', async () => {
  const p = new Process({ target: target<() => Promise<unknown[]>>(fixture, 'leave') }).start()
  p.send('first')
  const left = p.messages()
  expect(await left.next()).toEqual({ value: 'left', done: false })
  const pending = left.next()
  await left.return?.()
  expect(await pending).toEqual({ value: undefined, done: true })
  p.send('second')
  const over = { value: undefined, done: true }
  expect(await p.result).toEqual([
    { value: 'first', done: false },
    over,
    over,
    { value: 'second', done: false },
    over,
    over,
  ])
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
})

test('a message that comes after somebody has left goes to the next who asks', async () => {
  const p = new Process({ target: echo, args: [2] }).start()
  const left = p.messages()
  const pending = left.next()
  await left.return?.()
  for (const message of ['one', 'two']) p.send(message)
  expect(await all(p.messages())).toEqual(['one', 'two'])
  expect(await pending).toEqual({ value: undefined, done: true })
})

test('a message that was sent before the target listens is there when it does', async () => {
  const p = new Process({ target: echo, args: [1] }).start()
  p.send('early')
  await p.ready
  expect(await all(p.messages())).toEqual(['early'])
})

test('an iterator that waits ends with a child that is killed', async () => {
  const p = new Process({ target: listen }).start()
  const waiting = all(p.messages())
  await p.ready
  p.kill()
  expect(await waiting).toEqual([])
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', signal: 'SIGKILL' })
})

test('what cannot be cloned is refused by its path, and nothing is lost', async () => {
  const p = new Process({ target: echo, args: [1] }).start()
  expect(() => p.send({ list: [1, () => {}] })).toThrow(
    expect.objectContaining({ code: 'ERR_ARGS_NOT_CLONEABLE', message: expect.stringContaining('list[1]') }),
  )
  p.send('good')
  expect(await all(p.messages())).toEqual(['good'])
})

test('send() needs a process that was started, has no effect on one that has ended, and is no business of a kernel', async () => {
  const p = new Process({ target: () => {} })
  expect(() => p.send(1)).toThrow(expect.objectContaining({ code: 'ERR_NOT_STARTED' }))
  expect(() => p.messages()).toThrow(expect.objectContaining({ code: 'ERR_NOT_STARTED' }))
  p.start()
  await p.join()
  p.send(1)
  p.close()
  expect(() => p.send(1)).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  const kernel = new Process({ target: square, args: [Float64Array.of(3)] }).start()
  expect(() => kernel.send(1)).toThrow(expect.objectContaining({ code: 'ERR_NOT_SUPPORTED' }))
  expect(await all(kernel.messages())).toEqual([])
})

test("the child's own IPC messages are no messages of the Process, and the other way round", async () => {
  const p = new Process({ target: target<() => Promise<string>>(fixture, 'sendRaw') }).start()
  p.send('ours')
  expect(await all(p.messages())).toEqual(['heard ours'])
})

test('any values arrive as structuredClone gives them', async () => {
  const value = fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true })
  const values = fc.sample(fc.array(value, { maxLength: 20 }), { numRuns: 30, seed: 20_261_125 }).flat()
  const p = new Process({ target: echo, args: [values.length] }).start()
  for (const message of values) p.send(message)
  expect(await all(p.messages())).toEqual(values.map((message) => structuredClone(message)))
})

test('waiting for a message keeps the program alive, and only waiting does', async () => {
  const run = await runProgram(program('waits-for-message.mjs'))
  expect(run).toEqual({ code: 0, signal: null, stdout: 'parent: from the child\nchild: undefined\n', stderr: '' })
})

test('who no longer waits for a message of a daemon does not keep the program alive', async () => {
  const run = await runProgram(program('leaves-messages.mjs'))
  expect(run).toEqual({ code: 0, signal: null, stdout: 'left\n', stderr: '' })
})

const sizes = [1_000, 100_000, 10_000_000, 64 * 2 ** 20]

test.each(sizes)('a message of %i bytes is not cut off by process.exit()', async (bytes) => {
  const p = new Process({ target: target<(size: number) => void>(fixture, 'sendAndExit'), args: [bytes] }).start()
  const [message, ...more] = (await all(p.messages())) as [Uint8Array]
  expect(Buffer.alloc(bytes, 7).equals(message)).toBe(true)
  expect(more).toEqual([])
  expect((await p.exited).exitCode).toBe(3)
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_EXIT_WITHOUT_RESULT' })
})

test.each(['sendAndThrowLater', 'sendAndThrow'].flatMap((name) => sizes.map((bytes) => [name, bytes] as const)))(
  '%s: a message of %i bytes is not cut off by an error, which is told as ever',
  async (name, bytes) => {
    const p = new Process({
      target: target<(size: number) => void>(fixture, name),
      args: [bytes],
      stdio: 'pipe',
    }).start()
    const stderr = text(p.stderr as Readable)
    const [message, ...more] = (await all(p.messages())) as [Uint8Array]
    expect(Buffer.alloc(bytes, 7).equals(message)).toBe(true)
    expect(more).toEqual(name === 'sendAndThrow' ? [] : ['last'])
    await expect(p.result).rejects.toThrow(RangeError)
    expect((await p.exited).exitCode).toBe(1)
    expect((await stderr).match(/RangeError: /g)).toHaveLength(1)
  },
)
