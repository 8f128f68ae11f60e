/** From the constructor to close(): states, names, waiting, and what keeps a program alive. */
import { Process, square } from 'corepool'
import { expect, test } from 'vitest'
import { isRunning, program, runNode, runProgram } from './fixtures/run-program.ts'

const forever = () => new Promise<never>(() => setInterval(() => {}, 1000))

test('a process is initial, started, stopped and closed, in this order', async () => {
  const p = new Process({ target: () => {} })
  expect([p.state, p.isAlive(), p.pid, p.exitCode, p.signalCode]).toEqual(['initial', false, null, null, null])

  expect(p.start()).toBe(p)
  expect([p.state, p.isAlive(), p.exitCode]).toEqual(['started', true, null])
  expect(p.pid).toBeTypeOf('number')

  expect(await p.join()).toBe(true)
  expect([p.state, p.isAlive(), p.exitCode, p.signalCode]).toEqual(['stopped', false, 0, null])

  p.close()
  expect(p.state).toBe('closed')
})

test('the target runs in another process, whose pid is known as soon as start() returns', async () => {
  const p = new Process({ target: () => [process.pid, process.ppid] }).start()
  const { pid } = p
  expect(await p.result).toEqual([pid, process.pid])
  expect(pid).not.toBe(process.pid)
})

test('ready settles while the target is still at work', async () => {
  await using p = new Process({ target: forever }).start()
  await p.ready
  expect(p.isAlive()).toBe(true)
})

test('a join that is out of time says false, also at once, and leaves the process running', async () => {
  await using p = new Process({ target: forever }).start()
  expect(await p.join(0)).toBe(false)
  expect(await p.join(-1)).toBe(false)
  expect(await p.join(5)).toBe(false)
  expect(p.isAlive()).toBe(true)
})

test('a loop of join(0) sees the end, and joins may be repeated', async () => {
  const p = new Process({ target: () => {} }).start()
  while (!(await p.join(0))) expect(p.isAlive()).toBe(true)
  expect(p.isAlive()).toBe(false)
  expect(await Promise.all([p.join(), p.join(0), p.join(-1), p.join(Infinity)])).toEqual([true, true, true, true])
})

test('exited tells exit code and signal, and is unsettled until then', async () => {
  const p = new Process({ target: forever }).start()
  let isSettled = false
  const exited = p.exited.finally(() => (isSettled = true))
  await p.ready
  expect(isSettled).toBe(false)
  p.terminate()
  expect(await exited).toEqual({ exitCode: -15, signalCode: 'SIGTERM' })
})

test('a process waits for the timers that its target left behind', async () => {
  const leaveTimer = () => void setTimeout(() => process.exit(7), 20)
  const p = new Process({ target: leaveTimer }).start()
  expect(await p.result).toBeUndefined()
  expect(await p.exited).toEqual({ exitCode: 7, signalCode: null })
})

test('a process waits for the threads that its target left behind', async () => {
  const leaveThread = () => {
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    new Worker('setTimeout(() => {}, 30)', { eval: true }).once('exit', () => process.exit(8))
  }
  const p = new Process({ target: leaveThread }).start()
  expect(await p.result).toBeUndefined()
  expect(await p.exited).toEqual({ exitCode: 8, signalCode: null })
})

test('arguments are copied by the constructor and cloned by start()', async () => {
  const inner = { n: 1 }
  const args: [{ n: number }, number] = [inner, 1]
  const p = new Process({ target: (a: { n: number }, b: number) => [a.n, b], args })
  args[1] = 99
  inner.n = 2
  p.start()
  inner.n = 3
  expect(await p.result).toEqual([2, 1])
})

test('what a process was given is released by start()', async () => {
  const { stdout } = await runNode(['--expose-gc', program('released.mjs')])
  expect(stdout).toBe('true true\n')
})

test('names count up, can be given and changed, and are numbered below the parent in a child', async () => {
  const [first, second] = [new Process({ target: () => {} }), new Process({ target: () => {}, name: 'mine' })]
  const number = Number(/^Process-(\d+)$/.exec(first.name)?.[1])
  expect(second.name).toBe('mine')
  expect(new Process({ target: () => {} }).name).toBe(`Process-${number + 2}`)
  second.name = 'other'
  expect(second.name).toBe('other')

  const { stdout } = await runProgram(program('family.mjs'))
  expect(stdout.split('\n')[0]).toBe('Process-1 Process-1:1 true')
})

test('a process is a daemon where that is said, before or after it is made', () => {
  const p = new Process({ target: () => {} })
  expect(p.daemon).toBe(false)
  p.daemon = true
  expect(p.daemon).toBe(true)
  expect([true, false].map((daemon) => new Process({ target: () => {}, daemon }).daemon)).toEqual([true, false])
})

test('a process that was closed is collected', async () => {
  const { stdout } = await runNode(['--expose-gc', program('collected.mjs')])
  expect(stdout).toBe('true\n')
})

test('a daemon can have no children', async () => {
  const { stdout } = await runProgram(program('family.mjs'))
  expect(stdout.split('\n')[1]).toMatch(
    /^Process-2 Process-2:1 ERR_DAEMON_CHILD .*daemonic processes are not allowed to have children/,
  )
})

test('a program ends when its plain children have, and does not wait for its daemons', async () => {
  expect(await runProgram(program('keeps-alive.mjs'))).toMatchObject({ code: 0, stdout: 'main done\nchild done\n' })
  expect(await runProgram(program('keeps-alive.mjs'), 'daemon')).toMatchObject({ code: 0, stdout: 'main done\n' })
})

test.each([
  ['join', 'true\n'],
  ['result', 'done\n'],
  ['exited', '0\n'],
  ['terminate', '-15\n'],
])('a pending %s keeps the program alive, a daemon too', async (wait, stdout) => {
  expect(await runProgram(program('waits-for-daemon.mjs'), wait)).toMatchObject({ code: 0, stdout, stderr: '' })
})

test('disposing of a process ends, awaits and closes it', async () => {
  const p = new Process({ target: forever }).start()
  const { pid } = p
  await p[Symbol.asyncDispose]()
  expect(p.state).toBe('closed')
  expect(isRunning(Number(pid))).toBe(false)
  await p[Symbol.asyncDispose]()
  await new Process({ target: forever })[Symbol.asyncDispose]()
})

test('a kernel runs under the same surface, on this process', async () => {
  const xs = Float64Array.of(1, 2, 3)
  const p = new Process({ target: square, args: [xs] }).start()
  expect([p.pid, p.state, p.isAlive()]).toEqual([process.pid, 'started', true])
  await p.ready
  expect(await p.result).toEqual(Float64Array.of(1, 4, 9))
  expect(await p.join()).toBe(true)
  expect([p.exitCode, p.state, p.isAlive()]).toEqual([0, 'stopped', false])
})

test('a polluted prototype reaches neither the options nor the child', async () => {
  expect(await runProgram(program('polluted.mjs'))).toMatchObject({ stdout: '[null,0]\n', stderr: '' })
})
