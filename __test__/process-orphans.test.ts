/** No child outlives its parent, however that ends and whatever the child does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { kill } from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Process, target } from 'corepool'
import { expect, test } from 'vitest'
import { isGoneWithin, isRunning, program, startGroup, startProgram } from './fixtures/run-program.ts'

const idle = () => new Promise<never>(() => setInterval(() => {}, 1000))

type Kin = readonly (readonly [kind: string, pid: number])[]

/** Those that still run after `limit` milliseconds. */
async function leftAfter(pids: Kin, limit: number): Promise<Kin> {
  const deadline = performance.now() + limit
  const left: [string, number][] = []
  for (const [kind, pid] of pids) {
    if (!(await isGoneWithin(pid, deadline - performance.now()))) left.push([kind, pid])
  }
  return left
}

/** Runs a program in a terminal of its own, until it has told the pids of its children. */
async function openTerminal(name: string) {
  const terminal = spawn('script', ['-qec', `exec "${process.execPath}" "${program(name)}" wait`, '/dev/null'])
  const [line] = (await once(createInterface(terminal.stdout), 'line')) as [string]
  return { terminal, pids: JSON.parse(line) as Kin, type: (keys: string) => terminal.stdin.write(keys) }
}

test('Ctrl-C is left to the parent: a child ignores SIGINT', async () => {
  const p = new Process({ target: idle }).start()
  await p.ready
  kill(Number(p.pid), 'SIGINT')
  expect(await p.join(0)).toBe(false)
  p.terminate()
  expect((await p.exited).signalCode).toBe('SIGTERM')
})

test.each([
  ['SIGKILL', null, 'SIGKILL'],
  ['SIGTERM', null, 'SIGTERM'],
  ['SIGINT', null, 'SIGINT'],
  ['SIGHUP', null, 'SIGHUP'],
  ['SIGQUIT', null, 'SIGQUIT'],
  ['SIGSEGV', null, 'SIGSEGV'],
  ['process.exit()', 3, null],
  ['an uncaught error', 1, null],
] as const)('no child, and no child of a child, is left by a parent that ends by %s', async (_, code, signal) => {
  const end = code === 3 ? 'exit' : code === 1 ? 'throw' : 'wait'
  const { parent, line } = await startProgram(program('family-tree.mjs'), end)
  const pids = JSON.parse(line) as Kin
  expect(pids).toHaveLength(9)
  if (signal !== null) {
    expect(pids.filter(([, pid]) => !isRunning(pid))).toEqual([])
    parent.kill(signal)
  }
  if (parent.exitCode === null && parent.signalCode === null) await once(parent, 'exit')
  console.log(`${parent.pid} ended: ${JSON.stringify({ exitCode: parent.exitCode, signalCode: parent.signalCode })}`)
  expect([parent.exitCode, parent.signalCode]).toEqual([code, signal])
  expect(await leftAfter(pids, 2_000)).toEqual([])
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

// Without the addon, and so with nothing that ends a busy child in the moment in which its parent ends.
test('a child sees that its parent is alive, and that it is not when it was killed', async () => {
  const watch = target<() => Promise<void>>(new URL('./fixtures/targets/relatives.mjs', import.meta.url), 'watched')
  const env = { ...process.env, COREPOOL_BINDING: 'none' }
  const p = new Process({ target: watch, env, stdio: 'pipe' }).start()
  const lines = createInterface(p.stdout as Readable)
  const seen: string[] = []
  lines.on('line', (line) => {
    seen.push(line)
    if (seen.length === 1) kill(Number(p.pid), 'SIGKILL')
  })
  await once(lines, 'close')
  expect(seen).toEqual(['true', 'false'])
  expect((await p.exited).signalCode).toBe('SIGKILL')
})

test('a child that another program starts for us is not taken for an orphan', async () => {
  const env = { ...process.env, RUNTIME: process.execPath }
  const p = new Process({ target: () => process.ppid, execPath: program('wrapper.sh'), env }).start()
  const { pid } = p
  expect(await p.result).toBe(pid)
  expect((await p.exited).exitCode).toBe(0)
})

test('a busy child that another program starts for us ends with that program', async () => {
  const env = { ...process.env, RUNTIME: process.execPath }
  const busy = () => {
    console.log(process.pid)
    for (;;);
  }
  const p = new Process({ target: busy, execPath: program('wrapper.sh'), env, stdio: 'pipe' }).start()
  const [line] = (await once(createInterface(p.stdout as Readable), 'line')) as [string]
  expect(Number(line)).not.toBe(p.pid)
  p.kill()
  expect((await p.exited).exitCode).toBe(-9)
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', reason: 'killed' })
  expect(await isGoneWithin(Number(line), 2_000)).toBe(true)
})

test('the result settles after the end of a child whose channel somebody else holds open', async () => {
  const env = { ...process.env, RUNTIME: process.execPath }
  const options = { execPath: program('leaves-one-behind.sh'), env, stdio: 'pipe' } as const
  const p = new Process({ ...options, target: () => process.exit(3) }).start()
  const [holder] = (await once(createInterface(p.stdout as Readable), 'line')) as [string]
  try {
    await expect(p.result).rejects.toMatchObject({ code: 'ERR_EXIT_WITHOUT_RESULT', exitCode: 3 })
    expect((await p.messages().next()).done).toBe(true)
    expect(isRunning(Number(holder))).toBe(true)
  } finally {
    kill(Number(holder), 'SIGKILL')
  }
})

test('a busy child that has given up its rights ends with its parent, too', async () => {
  const { parent, line } = await startProgram(program('parent.mjs'), 'unprivileged', 'wait')
  const pid = Number(line)
  expect(isRunning(pid)).toBe(true)
  parent.kill('SIGKILL')
  expect(await isGoneWithin(pid, 2_000)).toBe(true)
})

test('a daemon that handles SIGTERM ends with a parent that has nothing left to do', async () => {
  const { parent, line } = await startProgram(program('parent.mjs'), 'stubborn', 'return')
  const pid = Number(line)
  if (parent.exitCode === null) await once(parent, 'exit')
  expect(parent.exitCode).toBe(0)
  expect(await isGoneWithin(pid, 2_000)).toBe(true)
})

test('Ctrl-C in a terminal ends a program that does not handle it, and its children', async () => {
  const { pids, terminal, type } = await openTerminal('family-tree.mjs')
  type('\u0003')
  await once(terminal, 'close')
  // What a shell says of a program that SIGINT ended.
  expect(terminal.exitCode).toBe(130)
  expect(await leftAfter(pids, 2_000)).toEqual([])
})

test('the end of its terminal ends a program and its children', async () => {
  const { pids, terminal } = await openTerminal('family-tree.mjs')
  terminal.kill('SIGKILL')
  await once(terminal, 'exit')
  expect(await leftAfter(pids, 2_000)).toEqual([])
})

// `sleep` reaps nobody, as the first process of many a container.
test('a busy child ends with a parent that nobody reaps, without the addon too', async () => {
  const script = `"${process.execPath}" "${program('killed-by-child.mjs')}" & exec sleep 60`
  const env = { ...process.env, COREPOOL_BINDING: 'none' }
  const shell = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = (await once(createInterface(shell.stdout), 'line')) as [string]
    expect(await isGoneWithin(Number(line), 2_000)).toBe(true)
  } finally {
    shell.kill()
  }
})

test('a busy child ends with the worker_thread that started it', async () => {
  const { parent, line } = await startProgram(program('worker-parent.mjs'))
  expect(await isGoneWithin(Number(line), 2_000)).toBe(true)
  expect(isRunning(Number(parent.pid))).toBe(true)
  parent.kill('SIGKILL')
})
