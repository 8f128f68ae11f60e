import { Process, add, cube, kernel, square, type Kernel } from 'corepool'
import { expect, test } from 'vitest'
import { program, runProgram } from './fixtures/run-program.ts'

const LENGTH = 5e7

test('a kernel as target computes on the pool of this process, under the surface of a Process', async () => {
  const xs = Float64Array.from({ length: 100_000 }, (_, i) => i)
  const p = new Process({ target: square, args: [xs] })
  expect([p.state, p.pid, p.exitCode, p.isAlive()]).toEqual(['initial', null, null, false])
  p.start()
  expect([p.state, p.pid, p.exitCode, p.isAlive()]).toEqual(['started', process.pid, null, true])
  expect(await p.join()).toBe(true)
  expect([p.state, p.exitCode, p.signalCode, p.isAlive()]).toEqual(['stopped', 0, null, false])
  expect((await p.result)[777]).toBe(777 * 777)
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
})

test('a kernel compiled from a function is a target as the built-in ones are', async () => {
  const f = kernel((x: number, y: number) => (x > y ? x - y : x * y))
  const p = new Process({ target: f, args: [Float64Array.of(3, 1), Float64Array.of(2, 5)] })
  p.start()
  expect(p.pid).toBe(process.pid)
  expect(await p.result).toEqual(Float64Array.of(1, 5))
  const q = new Process({ target: f, args: [3, 2] })
  q.start()
  expect(await q.result).toBe(1)
})

test('a kernel of a number as target gives the number', async () => {
  const p = new Process({ target: square, args: [12] })
  p.start()
  expect(await p.result).toBe(144)
})

/** Length, first and last element: not the array, so that nothing keeps it. */
function summary(ys: { readonly length: number; at(index: number): number | bigint | undefined }): unknown[] {
  return [ys.length, ys.at(0), ys.at(-1)]
}

// How long start() and terminate() take is measured by the bench suite core. An ordinary array is copied by start(): native-pool.test.ts.
test('start() of a kernel over 5e7 elements of shared memory returns while it computes', async () => {
  const xs = new Float64Array(new SharedArrayBuffer(8 * LENGTH)).fill(3)
  const p = new Process({ target: square, args: [xs] })
  p.start()
  expect(p.isAlive()).toBe(true)
  expect(await p.join()).toBe(true)
  expect(summary(await p.result)).toEqual([LENGTH, 9, 9])
})

test('the event loop goes on turning while a kernel over 5e7 elements runs, until it ends', async () => {
  const xs = new Int32Array(new SharedArrayBuffer(4 * LENGTH)).fill(1_000_003)
  const p = new Process({ target: cube, args: [xs] })
  p.start()
  let turns = 0
  for (; p.isAlive(); turns++) await new Promise((resolve) => setImmediate(resolve))
  // A loop that was blocked turns once or twice; one that is free turns thousands of times.
  expect(turns).toBeGreaterThan(10)
  expect((await p.result).at(-1)).toBe(Int32Array.of(1_000_003).map((v) => v * v * v)[0])
})

test.each([
  ['terminate', -15, 'SIGTERM'],
  ['kill', -9, 'SIGKILL'],
] as const)('%s() ends a kernel before its work is done, with exit code %i', async (method, exitCode, signalCode) => {
  const xs = new Float64Array(new SharedArrayBuffer(8 * LENGTH))
  const p = new Process({ target: square, args: [xs] })
  p.start()
  await new Promise((resolve) => setImmediate(resolve))
  expect(p.isAlive()).toBe(true)
  p[method]()
  expect(await p.join()).toBe(true)
  expect([p.exitCode, p.signalCode, p.isAlive()]).toEqual([exitCode, signalCode, false])
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', exitCode, signal: signalCode })
})

test('operands that a kernel refuses are refused before anything starts', () => {
  const plain = [1, 2, 3] as unknown as Float64Array
  const p = new Process({ target: square as Kernel<[number]>, args: [plain] })
  expect(() => p.start()).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', message: expect.stringContaining('Float64Array.from') }),
  )
  expect([p.state, p.pid]).toEqual(['initial', null])
})

const xs = Float64Array.of(1, 2)
const { signal } = new AbortController()

test.each<[what: string, target: Kernel, args: readonly unknown[]]>([
  ['undefined for its options', square as Kernel, [xs, undefined]],
  ['null for its options', square as Kernel, [xs, null]],
  ['an array for its options', square as Kernel, [xs, xs]],
  ['options and one argument more', square as Kernel, [xs, {}, {}]],
  ['options alone', square as Kernel, [{}]],
  ['nothing', square as Kernel, []],
  ['too few operands', add as Kernel, [xs]],
  ['too few operands and options', add as Kernel, [xs, {}]],
  ['a signal that is null', square as Kernel, [xs, { signal: null }]],
  ['a signal that only says that it is one', square as Kernel, [xs, { signal: Object.create(AbortSignal.prototype) }]],
  ['a signal that is a Proxy', square as Kernel, [xs, { signal: new Proxy(signal, {}) }]],
  ['a signal that has aborted', square as Kernel, [xs, { signal: AbortSignal.abort('mine') }]],
])('a kernel that is given %s as a target does what its async() does', async (_, kernelTarget, args) => {
  const direct = await settled(() =>
    (kernelTarget.async as (...given: readonly unknown[]) => Promise<unknown>)(...args),
  )
  const asTarget = await settled(() => new Process({ target: kernelTarget, args: [...args] }).start().result)
  expect(asTarget).toEqual(direct)
})

/** How a call ends, and whether that showed at once. */
async function settled(call: () => Promise<unknown>): Promise<unknown[]> {
  let promise: Promise<unknown>
  try {
    promise = call()
  } catch (error) {
    return ['thrown', error]
  }
  return promise.then(
    (value) => ['fulfilled', value],
    (error: unknown) => ['rejected', error],
  )
}

test('a kernel as a target reads no signal that its options do not have themselves', async () => {
  const { prototype } = Object
  Object.defineProperty(prototype, 'signal', { value: AbortSignal.abort('not mine'), configurable: true })
  try {
    const p = new Process({ target: square, args: [xs, { dtype: 'float32' }] })
    expect(await p.start().result).toEqual(Float32Array.of(1, 4))
  } finally {
    delete (prototype as { signal?: unknown }).signal
  }
})

test.each([
  ['a daemon is cut short by the end of the program', ['daemon', '4e6'], 'cut short'],
  ['a plain process is waited for', ['plain', '1e5'], 'ended 0'],
  ['a daemon that is joined is waited for', ['daemon', '1e5', 'join'], 'ended 0'],
  ['a daemon whose result is awaited is waited for', ['daemon', '1e5', 'result'], 'ended 0'],
  ['a daemon that is told to end is waited for', ['daemon', '4e6', 'terminate'], 'ended -15'],
])('a kernel of %s', async (_, args, stdout) => {
  const run = await runProgram(program('kernel-daemon.mjs'), ...args)
  expect(run).toEqual({ code: 0, signal: null, stdout: `${stdout}\n`, stderr: '' })
})
