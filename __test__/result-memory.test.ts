import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cores, cube, square } from 'corepool'
import { describe, expect, test } from 'vitest'
import { keepPoolBusy } from './fixtures/busy-pool.ts'
import { expectSame } from './fixtures/expect-same.ts'
import { program, runNode } from './fixtures/run-program.ts'

interface Printed {
  right: number
  peak: number
  fresh: number
  recycled: number
}

async function resultsWithoutOut(...args: string[]): Promise<Printed> {
  const { stdout, stderr } = await runNode([program('results-without-out.mjs'), ...args])
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Printed
}

describe('20,000 results of a million doubles', () => {
  test('in one synchronous loop stay below 1.5 GB of resident memory', { timeout: 120_000 }, async () => {
    const { right, peak } = await resultsWithoutOut('20000')
    expect(right).toBe(20_000)
    expect(peak).toBeLessThan(1.5e9)
  })

  test(
    'are recycled memory for at least 90 % when the event loop turns between them',
    { timeout: 120_000 },
    async () => {
      const { right, fresh, recycled } = await resultsWithoutOut('20000', 'turn')
      expect(right).toBe(20_000)
      expect(recycled / (fresh + recycled)).toBeGreaterThan(0.9)
    },
  )
})

test('a loop that does not turn asks the system for 128 MiB of new memory at most', () => {
  const xs = new Float64Array(1_000_000).fill(3)
  const fresh = (): number => cores.stats()['fresh'] ?? 0
  const before = fresh()
  const results = Array.from({ length: 40 }, () => square(xs))
  expect(fresh() - before).toBeLessThanOrEqual(16)
  expect(results.every((ys) => ys[0] === 9 && ys[999_999] === 9)).toBe(true)
})

test('a result in memory that was used before holds nothing of what was there', async () => {
  const xs = new Float64Array(400_000).fill(3)
  for (let i = 0; i < 40; i++) {
    expectSame(square(xs), new Float64Array(xs.length).fill(9))
    expectSame(await cube.async(xs, { dtype: 'float32' }), new Float32Array(xs.length).fill(27))
  }
})

test('results that are kept stay as they are while others come and go', async () => {
  const kept: [Float64Array, number][] = []
  for (let i = 0; i < 100; i++) {
    const ys = square(new Float64Array(300_000).fill(i))
    if (i % 7 === 0) kept.push([ys, i * i])
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const [ys, value] of kept) expectSame(ys, new Float64Array(300_000).fill(value))
})

/** Runs a program with so much address space, in KiB, which is its argument, too. */
function runWithin(limit: number, path: string): Promise<{ stdout: string; stderr: string }> {
  const command = `ulimit -v ${limit}; exec "${process.execPath}" "${path}" ${limit}`
  return promisify(execFile)('/bin/sh', ['-c', command])
}

test('a large result takes the room of what nobody needs any more', async () => {
  const { stdout, stderr } = await runWithin(4_000_000, program('room-for-garbage-alone.mjs'))
  expect([stdout, stderr]).toEqual(['9\n', ''])
})

test('a worker_thread without room for a result is refused with ERR_OUT_OF_MEMORY, and the process goes on', async () => {
  const { stdout, stderr } = await runWithin(4_000_000, program('no-room-in-a-thread.mjs'))
  // Node 26 ends a thread for which it cannot allocate an array, whoever asks.
  const isThreadEnded = Number.parseInt(process.versions.node) >= 26
  const answer = isThreadEnded ? 'ERR_WORKER_OUT_OF_MEMORY\n' : 'ArrayError ERR_OUT_OF_MEMORY, 9, true\n'
  expect([stdout, stderr]).toEqual([answer, ''])
})

describe('shared memory that an asynchronous call is writing', () => {
  const length = 1_000_000
  const shared = (): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length))

  test.each([
    ['another asynchronous call', (out: Float64Array) => square.async(new Float64Array(length), { out })],
    ['a synchronous call', (out: Float64Array) => square(new Float64Array(length), { out })],
    ['a call in place', (out: Float64Array) => square(out, { out })],
    [
      'a call over a part of it',
      (out: Float64Array) => square(new Float64Array(10), { out: out.subarray(length - 10) }),
    ],
  ])('is refused to %s with ERR_BUFFER_IN_USE, and free again when the first has settled', async (_what, second) => {
    const out = shared()
    const xs = shared().fill(5)
    const front = keepPoolBusy()
    const first = cube.async(xs, { out })
    const inUse = expect.objectContaining({ name: 'ArrayError', code: 'ERR_BUFFER_IN_USE' })
    expect(() => second(out)).toThrow(inUse)
    front.release()
    await front.ended
    expect(await first).toBe(out)
    expectSame(out, new Float64Array(new SharedArrayBuffer(8 * length)).fill(125))
    await second(out)
  })

  test('may be written beside it', async () => {
    const out = shared()
    const halves = [out.subarray(0, length / 2), out.subarray(length / 2)] as const
    const xs = new Float64Array(length / 2).fill(2)
    await Promise.all([square.async(xs, { out: halves[0] }), cube.async(xs, { out: halves[1] })])
    expect([out[0], out[length / 2 - 1], out[length / 2], out[length - 1]]).toEqual([4, 4, 8, 8])
  })

  test('is free again after the call was cancelled', async () => {
    const out = shared()
    const controller = new AbortController()
    const call = square.async(shared(), { out, signal: controller.signal })
    controller.abort()
    await call.catch(() => {})
    expect(square(new Float64Array(length).fill(2), { out })[7]).toBe(4)
  })
})
