/** Messages between a program and its child, both ways, and what the child knows of its relatives. */
import {
  activeChildren,
  cpuCount,
  currentProcess,
  parentProcess,
  Process,
  square,
  target,
  usableCpuCount,
} from 'corepool'
import { cpus } from 'node:os'
import { expect, test } from 'vitest'
import { program, runProgram } from './fixtures/run-program.ts'

const talker = new URL('./fixtures/targets/talker.mjs', import.meta.url)
const echo = target<() => Promise<string>>(talker, 'echo')

test('structured clones go both ways, in order, also those that were sent before the child ran', async () => {
  const p = new Process({ target: echo }).start()
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  const sent = [1, { cmd: 'NODE_HANDLE' }, new Map([[1, Float64Array.of(1, NaN)]]), undefined, 2n ** 70n, cyclic]
  for (const message of sent) p.send(message)
  const messages = p.messages()
  for (const message of sent) expect(await messages.next()).toEqual({ value: message, done: false })
  p.send('stop')
  expect(await p.result).toBe('stopped')
  expect(await messages.next()).toEqual({ value: undefined, done: true })
  expect((await p.exited).exitCode).toBe(0)
})

test('what the child has sent stays there for whoever reads, each message once', async () => {
  const p = new Process({ target: echo }).start()
  for (const message of ['a', 'b', 'c', 'd', 'stop']) p.send(message)
  await p.join()
  const heard: unknown[] = []
  for await (const message of p.messages()) {
    heard.push(message)
    if (message === 'b') break
  }
  for await (const message of p.messages()) heard.push(message)
  expect(heard).toEqual(['a', 'b', 'c', 'd'])
})

test('a message that cannot be cloned is refused by path, on either side', async () => {
  const p = new Process({ target: target<() => [string, string]>(talker, 'sendsFunction') }).start()
  expect(() => p.send({ cb: () => 1 })).toThrow(
    expect.objectContaining({ code: 'ERR_ARGS_NOT_CLONEABLE', message: expect.stringContaining('message.cb') }),
  )
  expect(await p.result).toEqual(['ERR_ARGS_NOT_CLONEABLE', expect.stringContaining('message.list[0]')])
})

test('send() needs a started process, is without effect after the end, and refused for a kernel', async () => {
  const p = new Process({ target: () => {} })
  expect(() => p.send(1)).toThrow(expect.objectContaining({ code: 'ERR_NOT_STARTED' }))
  expect(() => p.messages()).toThrow(expect.objectContaining({ code: 'ERR_NOT_STARTED' }))
  await p.start().join()
  p.send(1)
  p.close()
  expect(() => p.send(1)).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  expect(() => p.messages()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  const kernel = new Process({ target: square, args: [Float64Array.of(2)] }).start()
  expect(() => kernel.send(1)).toThrow(expect.objectContaining({ code: 'ERR_NOT_SUPPORTED' }))
  for await (const message of kernel.messages()) expect(message).toBe('none')
})

test('waiting for a message keeps a child alive, and nothing else of the channel does', async () => {
  const waiting = new Process({ target: echo }).start()
  expect(await waiting.ready.then(() => waiting.join(0))).toBe(false)
  waiting.send('stop')
  expect(await waiting.join()).toBe(true)
  const idle = new Process({ target: target<() => void>(talker, 'asksForMessages') }).start()
  idle.send('nobody waits')
  expect(await idle.join()).toBe(true)
})

test('messages that end with a killed child end the loop', async () => {
  const p = new Process({ target: echo }).start()
  p.send('last')
  const messages = p.messages()
  expect(await messages.next()).toEqual({ value: 'last', done: false })
  const next = messages.next()
  console.log(`kills ${p.pid}`)
  p.kill()
  expect(await next).toEqual({ value: undefined, done: true })
  console.log('status', await p.exited)
})

test('the main program has no parent, and says so', () => {
  expect(parentProcess()).toBe(null)
  expect(currentProcess()).toEqual({ name: 'MainProcess', pid: process.pid, daemon: false })
})

test('children of children know their names and parents, and each its own children', async () => {
  const p = new Process({ target: target<(depth: number) => Promise<unknown[][]>>(talker, 'descend'), args: [2] })
  const number = Number(/\d+$/.exec(p.name)?.[0])
  const name = `Process-${number}`
  expect(activeChildren()).toEqual([])
  p.start()
  expect(activeChildren()).toEqual([p])
  expect(await p.result).toEqual([
    [name, false, 'MainProcess', true, true, 0],
    [`${name}:1`, false, name, true, true, 0],
    [`${name}:1:1`, false, `${name}:1`, true],
  ])
  await p.join()
  expect(activeChildren()).toEqual([])
})

test('a child sees that its parent is alive', async () => {
  const p = new Process({ target: target<() => boolean>(talker, 'seesParent') }).start()
  expect(await p.result).toBe(true)
})

test('CPUs are counted, and those that this process may use', () => {
  expect(cpuCount()).toBe(cpus().length)
  expect(usableCpuCount()).toBeGreaterThanOrEqual(1)
  expect(usableCpuCount()).toBeLessThanOrEqual(cpuCount())
})

test('a module that starts a process while its child imports it gets one clear error, and breeds nothing', async () => {
  const { code, stdout, stderr } = await runProgram(program('unguarded.mjs'))
  expect(stdout).toBe('TargetError ERR_TARGET_LOAD_FAILED\n')
  expect(stderr.match(/before the current process has finished its bootstrapping phase/g)).toHaveLength(1)
  expect(stderr).toContain('if (parentProcess() === null)')
  expect(code).toBe(0)
})

test('nor does one that starts it when the import is over', async () => {
  const { code, stdout, stderr } = await runProgram(program('unguarded-later.mjs'))
  expect(stdout).toBe('TargetError ERR_TARGET_LOAD_FAILED\nTargetError ERR_TARGET_LOAD_FAILED\n')
  expect(stderr.match(/before the current process has finished its bootstrapping phase/g)).toHaveLength(2)
  expect(code).toBe(0)
})
