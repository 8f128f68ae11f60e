/** No child outlives its parent, however that ends and whatever the child does. */
import { once } from 'node:events'
import { kill } from 'node:process'
import { Process } from 'corepool'
import { expect, test } from 'vitest'
import { isGoneWithin, isRunning, program, startGroup, startProgram } from './fixtures/run-program.ts'

const idle = () => new Promise<never>(() => setInterval(() => {}, 1000))

test('Ctrl-C is left to the parent: a child ignores SIGINT', async () => {
  const p = new Process({ target: idle }).start()
  await p.ready
  kill(Number(p.pid), 'SIGINT')
  expect(await p.join(0)).toBe(false)
  p.terminate()
  expect((await p.exited).signalCode).toBe('SIGTERM')
})

test.each(['idle', 'timer', 'busy'])('a child that is %s ends with a parent that is killed', async (kind) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    const { parent, line } = await startProgram(program('parent.mjs'), kind, 'wait')
    const pid = Number(line)
    expect(isRunning(pid)).toBe(true)
    parent.kill(signal)
    expect(await isGoneWithin(pid, 2_000), signal).toBe(true)
  }
})

test.each([
  ['with the addon', {}],
  ['without it', { COREPOOL_BINDING: 'none' }],
])('Ctrl-C in a terminal ends a program and its busy child, %s', async (_, env) => {
  const { parent, line } = await startGroup([program('parent.mjs'), 'busy', 'wait'], env)
  const pid = Number(line)
  expect(isRunning(pid)).toBe(true)
  kill(-Number(parent.pid), 'SIGINT')
  expect(await isGoneWithin(pid, 2_000)).toBe(true)
})

test('a child that another program starts for us is not taken for an orphan', async () => {
  const p = new Process({ target: () => process.ppid, execPath: program('wrapper.sh') }).start()
  const { pid } = p
  expect(await p.result).toBe(pid)
  expect((await p.exited).exitCode).toBe(0)
})

test.each([
  ['busy', 'exit', 3],
  ['stubborn', 'exit', 3],
  ['busy', 'throw', 1],
  ['stubborn', 'return', 0],
])('a %s child ends with a parent that ends by %s', async (kind, end, code) => {
  const { parent, line } = await startProgram(program('parent.mjs'), kind, end)
  const pid = Number(line)
  if (parent.exitCode === null) await once(parent, 'exit')
  expect(parent.exitCode).toBe(code)
  expect(await isGoneWithin(pid, 2_000)).toBe(true)
})
