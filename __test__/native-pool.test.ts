import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { cube, isNative, Process, square } from 'corepool'
import { describe, expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

interface Threads {
  before: Thread[]
  after: Thread[]
  later: Thread[]
  allowed: string
}
interface Thread {
  task: string
  name: string
  cpus: string
}

/** `0-2,5` as [0, 1, 2, 5]. */
function cpuList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first, last] = part.split('-').map(Number)
    return Array.from({ length: (last ?? first ?? 0) - (first ?? 0) + 1 }, (_, i) => (first ?? 0) + i)
  })
}

async function threadsOf(env: NodeJS.ProcessEnv = {}): Promise<Threads> {
  const { code, stdout, stderr } = await runNode([program('pool-threads.mjs')], env)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout) as Threads
}

test('the tests run on the native addon', () => {
  expect(isNative).toBe(true)
})

describe('the threads of the pool, as the kernel sees them', () => {
  test('are none before the first call over an array', async () => {
    expect((await threadsOf()).before).toEqual([])
  })

  test('are one for each CPU of the affinity set, named corepool-N and allowed on that CPU alone', async () => {
    const { after, allowed } = await threadsOf()
    const cpus = cpuList(allowed)
    expect(after.map(({ name }) => name).toSorted()).toEqual(cpus.map((_, i) => `corepool-${i}`).toSorted())
    expect(after.map((thread) => thread.cpus).toSorted()).toEqual(cpus.map(String).toSorted())
  })

  test('are the same ones after a thousand calls', async () => {
    const { after, later } = await threadsOf()
    expect(later).toEqual(after)
  })

  test('share the whole affinity set when fewer are asked for', async () => {
    const { after, allowed } = await threadsOf({ COREPOOL_THREADS: '1' })
    expect(after.map(({ cpus }) => cpus)).toEqual(after.map(() => allowed))
    expect(after.length).toBe(1)
  })

  test('are not pinned with COREPOOL_PIN=0', async () => {
    const { after, allowed } = await threadsOf({ COREPOOL_PIN: '0' })
    expect(after.map(({ cpus }) => cpus)).toEqual(cpuList(allowed).map(() => allowed))
  })
})

test.each(['0', '-1', 'many', '1.5'])(
  'COREPOOL_THREADS=%s is refused at the first call, naming the variable',
  async (threads) => {
    const { code, stderr } = await runNode([program('pool-threads.mjs')], { COREPOOL_THREADS: threads })
    expect(code).toBe(1)
    expect(stderr).toMatch(/ERR_INVALID_ARG_VALUE/)
    expect(stderr).toMatch(/COREPOOL_THREADS/)
  },
)

test('a binding path that leads nowhere is ERR_BINDING_LOAD', async () => {
  const { code, stderr } = await runNode([program('pool-threads.mjs')], { COREPOOL_BINDING: '/nowhere/corepool.node' })
  expect(code).toBe(1)
  expect(stderr).toMatch(/ERR_BINDING_LOAD/)
})

test('worker_threads use the same pool at once, each with its own values', async () => {
  const specifier = JSON.stringify(import.meta.resolve('corepool'))
  const source = `
    import { parentPort, workerData } from 'node:worker_threads'
    import { square } from ${specifier}
    let good = 0
    for (let i = 0; i < 20; i++) {
      const xs = new Float64Array(100_000).fill(workerData + i)
      const [a, b] = [square(xs), await square.async(xs)]
      if (a.every((v, j) => v === xs[j] ** 2) && b.every((v, j) => v === xs[j] ** 2)) good++
    }
    parentPort.postMessage(good)
  `
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`)
  const answers = await Promise.all(
    [10, 100, 1000].map((workerData) => {
      const worker = new Worker(url, { workerData })
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    }),
  )
  expect(answers).toEqual([20, 20, 20])
  expect(cube(new Float64Array(100_000).fill(2)).every((v) => v === 8)).toBe(true)
})

test('eight processes at once, each with a pool on the same CPUs, get every value right', async () => {
  const children = Array.from({ length: 8 }, () =>
    spawn(process.execPath, [program('calls-when-told.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const lines = children.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]())
  const next = (): Promise<unknown[]> => Promise.all(lines.map(async (line) => (await line.next()).value as unknown))
  expect(await next()).toEqual(children.map(() => 'ready'))
  for (const { stdin } of children) stdin.end('go\n')
  expect(await next()).toEqual(children.map(() => '100'))
  const codes = children.map((child) => child.exitCode ?? once(child, 'exit').then(([code]) => code as unknown))
  expect(await Promise.all(codes)).toEqual(children.map(() => 0))
})

// Some have a minute of work left, for which nobody waits.
test('a worker_thread may be terminated, or exit, while the pool works for it', async () => {
  const run = await runNode(['--expose-gc', program('terminated-worker.mjs')], {}, 25_000)
  expect(run).toEqual({ code: 0, signal: null, stdout: 'true 625\n', stderr: '' })
})

test('process.exit() ends a program whose pool is busy, with its own code', async () => {
  const run = await runNode([program('exit-while-busy.mjs')])
  expect(run).toEqual({ code: 7, signal: null, stdout: 'leaving\n', stderr: '' })
})

// What may go wrong depends on what the threads are at: six programs, since of single ones a tenth or so would be lucky.
test('a program may end while the pool works in memory that Node frees at the end', { timeout: 60_000 }, async () => {
  const stdout = 'transfer' in ArrayBuffer.prototype ? 'moved, at work\n' : 'copied, at work\n'
  for (let n = 0; n < 6; n++) {
    expect(await runNode([program('moved-at-the-end.mjs')])).toEqual({ code: 0, signal: null, stdout, stderr: '' })
  }
})

test('an idle pool does not keep the program alive, and memory of results that were collected comes back', async () => {
  const run = await runNode(['--expose-gc', program('idle-pool.mjs')])
  expect(run).toEqual({ code: 0, signal: null, stdout: 'lent: 0 bytes\n', stderr: '' })
})

// It copies the array first, on all cores; how long that takes is measured by the bench suite core.
test('start() of a kernel over 5e7 elements of an ordinary Float64Array returns while it computes', async () => {
  const length = 5e7
  const xs = new Float64Array(length).fill(3)
  const p = new Process({ target: square, args: [xs] })
  p.start()
  expect(p.isAlive()).toBe(true)
  expect(await p.join()).toBe(true)
  expect(await p.result.then((ys) => [ys.length, ys[0], ys.at(-1)])).toEqual([length, 9, 9])
})
