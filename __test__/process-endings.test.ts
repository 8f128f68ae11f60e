/** Every way in which a child can end, with real signals, and what is seen of it. */
import { kill } from 'node:process'
import { getEventListeners, once } from 'node:events'
import { kernel, Process, target as exportedTarget, TaskError } from 'corepool'
import { expect, test } from 'vitest'
import { isRunning, program, runNode, runProgram } from './fixtures/run-program.ts'

const idle = () => new Promise<never>(() => setInterval(() => {}, 1000))

test.each<[string, () => unknown, number]>([
  ['returns', () => 5, 0],
  [
    'throws',
    () => {
      throw new Error('no')
    },
    1,
  ],
  ['exits with 0', () => process.exit(0), 0],
  ['exits with 8', () => process.exit(8), 8],
  ['exits with 255', () => process.exit(255), 255],
  [
    'exits with the code that it had set',
    () => {
      process.exitCode = 3
      process.exit()
    },
    3,
  ],
  ['exits with 300', () => process.exit(300), 44],
  ['exits with −1', () => process.exit(-1), 255],
  ['exits with a text that is no number', () => process.exit('why' as unknown as number), 1],
  ['exits later', () => new Promise(() => setTimeout(() => process.exit(6), 1)), 6],
  ['exits without its exit handlers', () => Reflect.get(process, 'reallyExit').call(process, 7), 7],
  [
    'sets process.exitCode',
    () => {
      process.exitCode = 3
    },
    3,
  ],
])('the exit code of a target that %s', async (_, fn, exitCode) => {
  const p = new Process({ target: fn, stdio: 'ignore' }).start()
  expect(await p.exited).toEqual({ exitCode, signalCode: null })
  expect([p.exitCode, p.signalCode]).toEqual([exitCode, null])
})

test.each([
  ['terminate', -15, 'SIGTERM', 'terminated'],
  ['kill', -9, 'SIGKILL', 'killed'],
] as const)('%s() ends a child, at work or still booting', async (method, exitCode, signal, reason) => {
  for (const isReady of [true, false]) {
    const p = new Process({ target: idle }).start()
    if (isReady) await p.ready
    const { pid } = p
    p[method]()
    expect(await p.join()).toBe(true)
    expect([p.exitCode, p.signalCode, p.isAlive()]).toEqual([exitCode, signal, false])
    await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', pid, exitCode, signal, reason })
    await expect(p.result).rejects.toBeInstanceOf(TaskError)
    expect(isRunning(Number(pid))).toBe(false)
    p[method]()
    expect(p.exitCode).toBe(exitCode)
  }
})

test('of several started at once all end with 0', async () => {
  const started = Array.from({ length: 5 }, () => new Process({ target: () => {} }).start())
  expect((await Promise.all(started.map((p) => p.exited))).map((end) => end.exitCode)).toEqual(Array(5).fill(0))
})

test('of several terminated while they boot all end with -15', async () => {
  const started = Array.from({ length: 8 }, () => new Process({ target: idle }).start())
  for (const p of started) p.terminate()
  const ends = await Promise.all(started.map((p) => p.exited))
  expect(ends.map((end) => end.exitCode)).toEqual(Array(8).fill(-15))
})

test('a child that something else kills is reported with its signal', async () => {
  const p = new Process({ target: idle }).start()
  await p.ready
  kill(Number(p.pid), 'SIGKILL')
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', signal: 'SIGKILL', reason: 'signal' })
})

test('a child that never gets as far as its target is reported as such', async () => {
  const p = new Process({ target: idle, execArgv: ['--no-such-flag'], stdio: 'ignore' }).start()
  await expect(p.ready).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', exitCode: 9, reason: 'boot' })
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED' })
})

test.each<[string, () => unknown, number]>([
  ['process.exit(0)', () => process.exit(0), 0],
  ['process.exit(8)', () => process.exit(8), 8],
  ['a promise that nothing settles', () => new Promise(() => {}), 0],
  [
    'closing the channel',
    () => {
      process.disconnect()
      return new Promise(() => setInterval(() => {}, 1000))
    },
    1,
  ],
])('%s leaves without a result', async (_, fn, exitCode) => {
  const p = new Process({ target: fn }).start()
  const { pid } = p
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_EXIT_WITHOUT_RESULT', pid, exitCode, signal: null })
  expect(p.exitCode).toBe(exitCode)
})

test.each<[string, () => Process, string | null, number | null]>([
  ['returns', () => new Process({ target: () => 1 }).start(), null, 0],
  [
    'throws',
    () =>
      new Process({
        target: () => {
          throw new Error('no')
        },
        stdio: 'ignore',
      }).start(),
    null,
    1,
  ],
  ['returns what cannot be cloned', () => new Process({ target: () => () => 1, stdio: 'ignore' }).start(), null, 0],
  [
    'is terminated while it boots',
    () => {
      const p = new Process({ target: idle, warm: false }).start()
      p.terminate()
      return p
    },
    'ERR_WORKER_DIED',
    -15,
  ],
  [
    'is aborted while it boots',
    () => {
      const controller = new AbortController()
      const p = new Process({ target: idle, warm: false, signal: controller.signal }).start()
      controller.abort()
      return p
    },
    'ABORT_ERR',
    -15,
  ],
  ['is no Node', () => new Process({ target: idle, execPath: '/bin/true' }).start(), 'ERR_WORKER_DIED', 0],
  [
    'does not exist',
    () => new Process({ target: idle, execPath: '/no/such/binary' }).start(),
    'ERR_SPAWN_FAILED',
    null,
  ],
])('ready says whether a child ran that %s, and exited how it ended', async (_, start, code, exitCode) => {
  const p = start()
  const ready = await p.ready.then(
    () => null,
    (error: { code: string }) => error.code,
  )
  expect(ready).toBe(code)
  expect((await p.exited).exitCode).toBe(exitCode)
  expect([p.state, p.exitCode, p.isAlive()]).toEqual(['stopped', exitCode, false])
  // What kept it from running is its outcome, too.
  if (code !== null) await expect(p.result).rejects.toMatchObject({ code })
})

test('a launch that fails leaves no pid, and every promise settles', async () => {
  for (const options of [{ execPath: '/no/such/binary' }, { cwd: '/no/such/directory' }, { execPath: '/bin/\0' }]) {
    const p = new Process({ target: idle, ...options }).start()
    expect([p.pid, p.state, p.isAlive()]).toEqual([null, 'stopped', false])
    expect(await p.join()).toBe(true)
    await expect(p.ready).rejects.toMatchObject({ code: 'ERR_SPAWN_FAILED' })
    await expect(p.result).rejects.toMatchObject({ code: 'ERR_SPAWN_FAILED', cause: expect.any(Error) })
    expect(await p.exited).toEqual({ exitCode: null, signalCode: null })
    p.terminate()
    p.close()
  }
})

test('a launch that the permission model of Node refuses says which flag allows it', async () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
  const run = await runNode(['--no-warnings', flag, '--allow-fs-read=*', '--allow-addons', program('one-process.mjs')])
  const advice = 'model allows this program no child processes: start it with --allow-child-process as well.\n'
  expect(run).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(advice) })
  expect(run.stderr).toMatch(/TaskError: Process-1 could not be started: Access to this API has been restricted\. \w/)
})

const stubborn = () => {
  process.on('SIGTERM', () => console.log('not yet'))
  console.log('ready')
  return new Promise<never>(() => setInterval(() => {}, 1000))
}

test('terminate() resorts to force only where a killTimeout says when', async () => {
  const patient = new Process({ target: stubborn, stdio: 'pipe' }).start()
  const strict = new Process({ target: stubborn, stdio: 'pipe', killTimeout: 20 }).start()
  await Promise.all([patient, strict].map((p) => p.stdout !== null && once(p.stdout, 'data')))
  patient.terminate()
  strict.terminate()
  expect(await strict.exited).toEqual({ exitCode: -9, signalCode: 'SIGKILL' })
  expect(patient.isAlive()).toBe(true)
  patient.kill()
  expect(await patient.exited).toEqual({ exitCode: -9, signalCode: 'SIGKILL' })
})

test('an aborted signal ends the child, by force if need be, and rejects with its reason', async () => {
  for (const [target, exitCode] of [
    [idle, -15],
    [stubborn, -9],
  ] as const) {
    const controller = new AbortController()
    const p = new Process({ target, signal: controller.signal, killTimeout: 20, stdio: 'pipe' }).start()
    await p.ready
    if (target === stubborn && p.stdout !== null) await once(p.stdout, 'data')
    controller.abort('enough')
    await expect(p.result).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' })
    expect((await p.exited).exitCode).toBe(exitCode)
  }
})

test('a signal ends the child also where a listener of its own stops the event', async () => {
  const controller = new AbortController()
  const { signal } = controller
  signal.addEventListener('abort', (event) => event.stopImmediatePropagation())
  const p = new Process({ target: idle, signal }).start()
  await p.ready
  controller.abort('enough')
  await expect(p.result).rejects.toMatchObject({ code: 'ABORT_ERR', cause: 'enough' })
  expect((await p.exited).exitCode).toBe(-15)
})

test('a signal that is aborted before start() starts nothing', async () => {
  const p = new Process({ target: idle, signal: AbortSignal.abort('never') }).start()
  expect([p.pid, p.state, p.isAlive(), await p.join()]).toEqual([null, 'stopped', false, true])
  await expect(p.result).rejects.toMatchObject({ code: 'ABORT_ERR', cause: 'never' })
  await expect(p.ready).rejects.toMatchObject({ code: 'ABORT_ERR' })
})

test('a result that has arrived stands when the child is killed, or its signal aborted, afterwards', async () => {
  const controller = new AbortController()
  const leaveTimer = () => {
    setInterval(() => {}, 1000)
    return 'value'
  }
  const p = new Process({ target: leaveTimer, signal: controller.signal }).start()
  expect(await p.result).toBe('value')
  expect(p.isAlive()).toBe(true)
  controller.abort()
  expect((await p.exited).exitCode).toBe(-15)
  expect(await p.result).toBe('value')
})

/** Takes most of a second, so that it is not done before it is cancelled where this thread has to wait for a CPU. */
const slow = kernel((x) => {
  let y = x
  for (let i = 0; i < 64; i++) y = Math.sin(y) + 1
  return y
})

test.each([
  ['terminate', -15, 'SIGTERM'],
  ['kill', -9, 'SIGKILL'],
] as const)('%s() cancels a kernel', async (method, exitCode, signal) => {
  const p = new Process({ target: slow, args: [new Float64Array(1e7)] }).start()
  p[method]()
  // Its length, should it come after all: of so many elements a failure could make no text.
  const length = p.result.then((result) => result.length)
  await expect(length).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', exitCode, signal, pid: process.pid })
  expect([p.exitCode, p.signalCode, p.isAlive()]).toEqual([exitCode, signal, false])
})

test('a program whose target throws ends well, and shows the stack of the child on stderr', async () => {
  const { code, stdout, stderr } = await runProgram(program('throwing-target.mjs'))
  expect(stderr).toMatch(/^Process Process-1:\nRangeError: out of luck\n {4}at fails \(.*throwing-target\.mjs:4:9\)\n/)
  expect(stdout).toBe('')
  expect(code).toBe(0)
})

test('an error of this package is on stderr under its name, as Node prints it', async () => {
  const { href } = new URL('./fixtures/targets/broken.mjs', import.meta.url)
  const p = new Process({ target: exportedTarget(href), stdio: 'pipe', name: 'failing' }).start()
  let stderr = ''
  for await (const chunk of p.stderr ?? []) stderr += chunk
  const [heading, first] = stderr.split('\n')
  expect(heading).toBe('Process failing:')
  expect(first).toMatch(
    /^TargetError: file:.*broken\.mjs could not be loaded in the child process: SyntaxError: this module never loads\./,
  )
})

test('everything that a failing target has printed arrives', async () => {
  const flood = () => {
    process.stdout.write('x'.repeat(500_000))
    throw new Error('after much output')
  }
  const p = new Process({ target: flood, stdio: 'pipe' }).start()
  let length = 0
  for await (const chunk of p.stdout ?? []) length += chunk.length
  expect(length).toBe(500_000)
  expect((await p.exited).exitCode).toBe(1)
})

test.each<[string, (length: number) => unknown, number]>([
  [
    'the target threw',
    (length) => {
      throw new Error(`${'x'.repeat(length)} to the end`)
    },
    2 ** 20,
  ],
  // Node prints it, and no more of it than the system's buffer takes.
  [
    'a timer threw',
    (length) =>
      new Promise(() =>
        setTimeout(() => {
          throw new Error(`${'x'.repeat(length)} to the end`)
        }, 1),
      ),
    2 ** 15,
  ],
])('the whole error that %s is on stderr, with its stack and the name of the process', async (_, fails, length) => {
  const p = new Process({ target: fails, args: [length], stdio: 'pipe', name: 'failing' }).start()
  let stderr = ''
  for await (const chunk of p.stderr ?? []) stderr += chunk
  expect(stderr.startsWith('Process failing:\n')).toBe(true)
  expect(stderr).toMatch(/Error: x+ to the end\n {4}at .*process-endings\.test\.ts:\d+:\d+/)
  expect(/x{100,}(?= to the end\n {4}at )/.exec(stderr)?.[0]).toHaveLength(length)
  expect((await p.exited).exitCode).toBe(1)
})

test('the text that a target exits with is on stderr', async () => {
  const p = new Process({ target: () => process.exit('why' as unknown as number), stdio: 'pipe' }).start()
  let stderr = ''
  for await (const chunk of p.stderr ?? []) stderr += chunk
  expect(stderr).toContain("'why'")
  expect((await p.exited).exitCode).toBe(1)
})

test('output that nobody reads holds up neither the child nor join()', async () => {
  const flood = () => {
    for (let i = 0; i < 64; i++) process.stdout.write('x'.repeat(2 ** 17))
    return 'done'
  }
  const p = new Process({ target: flood, stdio: 'pipe' }).start()
  expect(await p.join()).toBe(true)
  expect([p.exitCode, await p.result]).toEqual([0, 'done'])
  expect(p.stdout?.readableLength).toBeLessThanOrEqual(2 ** 20)
})

test('a grandchild that holds the pipes holds up neither join() nor the program', async () => {
  // The program ends while its grandchild sleeps for ten minutes, and ends that only then.
  expect(await runProgram(program('grandchild.mjs'))).toMatchObject({ code: 0, stdout: 'true 0\ntrue\n' })
})

test('asking again and again does not put off the force of killTimeout', async () => {
  const p = new Process({ target: stubborn, stdio: 'pipe', killTimeout: 100 }).start()
  if (p.stdout !== null) await once(p.stdout, 'data')
  const asking = setInterval(() => p.terminate(), 5)
  expect(await p.exited).toEqual({ exitCode: -9, signalCode: 'SIGKILL' })
  clearInterval(asking)
  await expect(p.result).rejects.toMatchObject({
    reason: 'killTimeout',
    message: expect.stringContaining('used force when killTimeout was up'),
  })
})

test('only what this program ordered is laid at its door', async () => {
  const p = new Process({ target: stubborn, stdio: 'pipe' }).start()
  if (p.stdout !== null) await once(p.stdout, 'data')
  p.terminate()
  kill(Number(p.pid), 'SIGKILL')
  await expect(p.result).rejects.toMatchObject({ signal: 'SIGKILL', reason: 'signal' })
})

test('a target that leaves when it is terminated is reported as such', async () => {
  const polite = () => {
    process.on('SIGTERM', () => process.exit(0))
    console.log('ready')
    return new Promise<never>(() => setInterval(() => {}, 1000))
  }
  const p = new Process({ target: polite, stdio: 'pipe' }).start()
  if (p.stdout !== null) await once(p.stdout, 'data')
  p.terminate()
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_EXIT_WITHOUT_RESULT',
    exitCode: 0,
    message: expect.stringContaining('This program called terminate()'),
  })
})

test('many processes on one signal share a listener, which goes with the last of them', async () => {
  const { signal } = new AbortController()
  const running = Array.from({ length: 11 }, () => new Process({ target: idle, signal }).start())
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  for (const p of running) p.kill()
  await Promise.all(running.map((p) => p.join()))
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('a program does not outlive its join() because of the limit', async () => {
  expect(await runProgram(program('joins-early.mjs'))).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' })
})

test('writing to a child that has ended does not end the program', async () => {
  expect(await runProgram(program('writes-late.mjs'))).toMatchObject({ code: 0, stdout: 'still here\n', stderr: '' })
})

test('a program has an exit listener only while it has children', async () => {
  const before = process.listenerCount('exit')
  const [a, b] = [new Process({ target: () => {} }).start(), new Process({ target: () => {} }).start()]
  expect(process.listenerCount('exit')).toBe(before + 1)
  await Promise.all([a.join(), b.join()])
  expect(process.listenerCount('exit')).toBe(before)
})

test('a child that ended in time is no join out of time, however late the program looks', async () => {
  const p = new Process({ target: () => process.exit(4), execArgv: [] }).start()
  const joined = p.join(1)
  const deadline = performance.now() + 10_000
  while (isRunning(Number(p.pid)) && performance.now() < deadline);
  expect(await joined).toBe(true)
})

test("a message from a handler of 'uncaughtException' that ends the process arrives, and the exit code is the handler's", async () => {
  const p = new Process({
    target: exportedTarget<() => void>(new URL('./fixtures/targets/messages.mjs', import.meta.url), 'sendFromHandler'),
  }).start()
  const heard: unknown[] = []
  for await (const message of p.messages()) heard.push(message)
  expect(heard).toEqual(['handled'])
  expect((await p.exited).exitCode).toBe(4)
})
