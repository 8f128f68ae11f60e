/** What goes wrong around one process, with real kills: one clear outcome, nothing lost, nothing left. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { kill } from 'node:process'
import { fileURLToPath } from 'node:url'
import { activeChildren, Process } from 'corepool'
import { expect, test } from 'vitest'
import { isRunning, program, runNode, runProgram } from './fixtures/run-program.ts'

const LARGE = 2 ** 26

/** Kills for real, and shows who and how it ended. */
async function killed(p: Process, signal: NodeJS.Signals): Promise<void> {
  const { pid } = p
  kill(Number(pid), signal)
  console.log(`sent ${signal} to ${pid}: ${JSON.stringify(await p.exited)}`)
  expect(isRunning(Number(pid))).toBe(false)
}

const idle = () => new Promise<never>(() => setInterval(() => {}, 1000))

test.each<[NodeJS.Signals, number]>([
  ['SIGKILL', -9],
  ['SIGTERM', -15],
  ['SIGSEGV', -11],
  ['SIGABRT', -6],
  ['SIGHUP', -1],
])('a child ended by %s from outside is reported so, and the next one runs', async (signal, exitCode) => {
  const p = new Process({ target: idle }).start()
  await p.ready
  await killed(p, signal)
  expect([p.exitCode, p.signalCode]).toEqual([exitCode, signal])
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', signal, exitCode, reason: 'signal' })
  expect(await new Process({ target: () => 1 }).start().result).toBe(1)
})

test('a child that runs out of heap dies of it, and tells on stderr', async () => {
  const hoard = () => {
    const held: number[][] = []
    for (;;) held.push(Array.from({ length: 1e5 }, Math.random))
  }
  const p = new Process({ target: hoard, execArgv: ['--max-old-space-size=32'], stdio: 'pipe' }).start()
  let stderr = ''
  p.stderr?.on('data', (chunk: Buffer) => (stderr += chunk))
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_WORKER_DIED',
    signal: 'SIGABRT',
    exitCode: -6,
    message: expect.stringContaining('--max-old-space-size'),
  })
  console.log(`${p.pid}: ${JSON.stringify(await p.exited)}`)
  expect(stderr).toContain('heap out of memory')
})

test.each<[string, () => void]>([
  [
    'an uncaught error',
    () =>
      void setImmediate(() => {
        throw new Error('too late')
      }),
  ],
  ['a rejection', () => void setImmediate(() => Promise.reject(new Error('too late')))],
  ['process.exit()', () => void setImmediate(() => process.exit(1))],
])('a large result on its way is not cut off by %s, and the exit code is that of the end', async (_, end) => {
  const target = (length: number, body: string) => {
    process.getBuiltinModule('node:vm').runInThisContext(`(${body})()`)
    return new Uint8Array(length).fill(7)
  }
  const p = new Process({ target, args: [LARGE, String(end)], stdio: 'ignore' }).start()
  const bytes = await p.result
  expect([bytes.length, bytes.at(-1)]).toEqual([LARGE, 7])
  expect((await p.exited).exitCode).toBe(1)
})

test('a result outlasts a parent that is busy for longer than a child waits to print', async () => {
  const leaves = (length: number) => {
    setImmediate(() => process.exit(3))
    return new Uint8Array(length)
  }
  const p = new Process({ target: leaves, args: [LARGE] }).start()
  await p.ready
  const until = performance.now() + 3_000
  while (performance.now() < until);
  expect((await p.result).length).toBe(LARGE)
  expect((await p.exited).exitCode).toBe(3)
})

test.each<[string, () => void, object]>([
  ['a result', () => setImmediate(() => process.exit(3)), { status: 'fulfilled' }],
  [
    'an error',
    () => {
      throw new RangeError('m'.repeat(2 ** 20))
    },
    { status: 'rejected', reason: { message: expect.stringMatching(/^m/) } },
  ],
])('%s waits for a parent that is busy, however long', async (_, end, outcome) => {
  const target = (body: string) => {
    process.getBuiltinModule('node:vm').runInThisContext(`(${body})()`)
    return new Uint8Array(2 ** 20)
  }
  // A second of this program is a hundred of the child.
  const preload = fileURLToPath(new URL('./fixtures/preloads/hasty-timers.cjs', import.meta.url))
  const execArgv = ['--require', preload]
  const p = new Process({ target, args: [String(end)], execArgv, stdio: 'ignore' }).start()
  await p.ready
  const until = performance.now() + 1_500
  while (performance.now() < until);
  expect((await Promise.allSettled([p.result]))[0]).toMatchObject(outcome)
})

test('a busy loop that handles SIGTERM ends by force when killTimeout is up', async () => {
  const stubborn = () => {
    process.on('SIGTERM', () => {})
    console.log('at work')
    for (;;);
  }
  const p = new Process({ target: stubborn, stdio: 'pipe', killTimeout: 50 }).start()
  if (p.stdout !== null) await once(p.stdout, 'data')
  p.terminate()
  console.log(`${p.pid}: ${JSON.stringify(await p.exited)}`)
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', signal: 'SIGKILL', reason: 'killTimeout' })
})

test('messages that are not ours settle nothing', async () => {
  const talk = () => {
    for (const kind of ['ready', 'result', 'error', 'message', 'hello', 'run']) {
      for (const rest of [[], ['token'], ['token', new Uint8Array(3)], [null, null, null]])
        process.send?.([kind, ...rest])
    }
    process.send?.('result')
    process.send?.({ kind: 'result' })
    return 'the true one'
  }
  const p = new Process({ target: talk }).start()
  expect(await p.result).toBe('the true one')
  expect(await p.messages().next()).toEqual({ value: undefined, done: true })
})

test('Ctrl-C in a terminal is the decision of the program, whose child goes on meanwhile', async () => {
  const terminal = spawn('script', ['-qec', `"${process.execPath}" "${program('terminal.mjs')}"`, '/dev/null'])
  let shown = ''
  terminal.stdout.on('data', (chunk: Buffer) => {
    if (!shown.includes('press') && String(chunk).includes('press')) terminal.stdin.write('\u0003')
    shown += chunk
  })
  await once(terminal, 'close')
  expect(shown).toMatch(/press\s+(\^C)?alive true\s+ended -9/)
})

test('processes in sequence leave no zombie, no open file and no shared memory behind', async () => {
  expect(await runProgram(program('in-sequence.mjs'), '200')).toMatchObject({ stdout: 'true\n', code: 0 })
}, 120_000)

test('contexts of AsyncLocalStorage are those of whoever waits, and of the target, whatever happens between', async () => {
  const context = new AsyncLocalStorage<string>()
  const talk = async (name: string) => {
    const { AsyncLocalStorage: Storage } = process.getBuiltinModule('node:async_hooks')
    const inner = new Storage<string>()
    return inner.run(name, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return inner.getStore()
    })
  }
  const follow = (name: string) =>
    context.run(name, async () => {
      const p = new Process({ target: talk, args: [name] }).start()
      const seen = [await p.ready.then(() => context.getStore()), await p.result, context.getStore()]
      for await (const _ of p.messages()) seen.push('unexpected')
      await p.join(10_000)
      return [...seen, context.getStore()]
    })
  const names = ['a', 'b', 'c']
  expect(await Promise.all(names.map(follow))).toEqual(names.map((name) => [name, name, name, name]))
  expect(context.getStore()).toBeUndefined()
})

test('a child that is killed at any moment has one outcome: its value, or who killed it', async () => {
  const seed = Date.now() % 2 ** 31
  let delivered = 0
  const random = randomNumbers(seed)
  const start = () =>
    new Process({ target: (n: number) => new Uint8Array(n), args: [2 ** 20], warm: false, stdio: 'ignore' }).start()
  const begun = performance.now()
  await start().join()
  const life = performance.now() - begun
  for (let i = 0; i < 30; i++) {
    const p = start()
    const pid = Number(p.pid)
    await p.join(random() * life)
    if (p.isAlive()) kill(pid, 'SIGKILL')
    const outcome = await p.result.then((bytes) => bytes.length).catch((error) => [error.code, error.pid])
    const { exitCode } = await p.exited
    if (outcome === 2 ** 20) delivered += 1
    else expect([outcome, exitCode]).toEqual([['ERR_WORKER_DIED', pid], -9])
    expect(isRunning(pid)).toBe(false)
  }
  console.log(`seed ${seed}: ${delivered} of 30 had delivered`)
}, 60_000)

/** Numbers from 0 to 1 that the seed determines. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 2 ** 32
  }
}

test('timers that a program has replaced are not those of processes', async () => {
  const { code, stdout, stderr } = await runProgram(program('replaced-timers-of-processes.mjs'))
  expect([code, stderr]).toEqual([0, ''])
  const outcomes = [
    [1, true],
    [2, true],
    [['ERR_EXIT_WITHOUT_RESULT', 'exit'], true],
    ['runs on', false],
    ['SIGKILL', true],
  ]
  expect(JSON.parse(stdout)).toEqual({ outcomes, asked: [], uncaught: [] })
})

test.each([
  ['process', 'exit'],
  ['child', 'error'],
  ['child', 'exit'],
  ['child', 'message'],
  ['child', 'disconnect'],
])(
  'start() throws where the program refuses a listener of its %s for %s, leaves no child, and can be tried again',
  async (of, event) => {
    const ended = await runNode([program('failing-starts.mjs'), of, event], {}, 20_000)
    const refused = JSON.stringify(['no such listener', 'initial', null, 0, 0])
    expect(ended).toEqual({ code: 0, signal: null, stdout: `${refused}\n5\n`, stderr: '' })
  },
)

test.each(['cold', 'warm'])(
  'start() near the end of the stack throws and leaves no child, or starts one: %s',
  async (warmth) => {
    const ended = await runNode([program('starts-at-the-end-of-the-stack.mjs'), warmth], {}, 20_000)
    const outcome = JSON.stringify([['RangeError'], true, ['initial'], 1, 2])
    expect(ended).toEqual({ code: 0, signal: null, stdout: `${outcome}\n`, stderr: '' })
  },
)

test('start() that a trap of its signal makes throw has started nothing, and can be tried again', async () => {
  const { signal } = new AbortController()
  let reads = 0
  let allowed = Infinity
  const trapped = new Proxy(signal, {
    get(of, key) {
      reads += 1
      if (reads > allowed) throw new Error('a trap')
      return Reflect.get(of, key)
    },
  })
  const p = new Process({ target: () => 5, signal: trapped, warm: false })
  for (let last = 0; p.state === 'initial'; last++) {
    reads = 0
    allowed = last
    try {
      p.start()
    } catch (error) {
      const seen = [String(error), p.state, p.pid, activeChildren().includes(p)]
      expect(seen).toEqual(['Error: a trap', 'initial', null, false])
    }
  }
  allowed = Infinity
  expect(await p.result).toBe(5)
})
