/** Messages of a Process beside other listeners in its child: a library's, a preload's. */
import { fileURLToPath } from 'node:url'
import { Process, target } from 'corepool'
import { expect, test } from 'vitest'

const fixture = new URL('./fixtures/targets/own-listener.mjs', import.meta.url)
const preload = fileURLToPath(new URL('./fixtures/preloads/listens.cjs', import.meta.url))

test.each([
  ['a library', {}],
  ['a preload, and a library,', { execArgv: ['--require', preload] }],
])('messages that came while %s listened are kept, and are no business of theirs', async (_, options) => {
  const hearLate = target<(count: number) => Promise<unknown>>(fixture, 'hearLate')
  const p = new Process({ target: hearLate, args: [3], stdio: 'pipe', ...options }).start()
  const sent = ['one', new Map([[1, 'two']]), 'three']
  await p.ready
  for (const message of sent) p.send(message)
  p.stdin?.write('all is sent')
  expect(await p.result).toEqual({ heard: sent, seen: [] })
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
})

test('a library that removes every listener stops no iteration', async () => {
  const p = new Process({ target: target<() => Promise<unknown[]>>(fixture, 'hearAfterRemoval') }).start()
  for await (const message of p.messages()) {
    expect(message).toBe('listens')
    break
  }
  p.send('first')
  p.send('second')
  expect(await p.result).toEqual(['first', 'second'])
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
})

test('a child that never asks ends, although messages wait for it and somebody listens', async () => {
  const hearNothing = target<() => string>(fixture, 'hearNothing')
  const p = new Process({ target: hearNothing, execArgv: ['--require', preload] }).start()
  p.send('unheard')
  expect(await p.result).toBe('heard nothing')
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
})
