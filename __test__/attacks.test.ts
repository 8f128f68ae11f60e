/**
 * Ways in which JavaScript can take memory from under a thread, or hand the addon what it does not expect. Each must end in an
 * error with a code, or in the right values; never in a crash.
 */
import { constants } from 'node:buffer'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { cube, kernel, sin, square, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { expectSame } from './fixtures/expect-same.ts'
import { program, runNode } from './fixtures/run-program.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const code = (name: string): unknown => expect.objectContaining({ code: name })
const numbers = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => (i % 1000) - 500)

const builtAddons = new URL('../native/', import.meta.resolve('corepool'))
/** The addon that the facade has loaded, which need not be the installed one. */
const addon =
  process.env['COREPOOL_BINDING'] ??
  fileURLToPath(new URL(readdirSync(builtAddons).find((name) => name.endsWith('.node')) ?? '', builtAddons))

describe('a function that takes memory away while its kernel is checked against it', () => {
  const { abs } = Math

  /** Makes Math.abs, which the check calls, transfer the victim's memory. */
  async function whileTaken(victim: Float64Array, run: () => Promise<unknown>): Promise<unknown> {
    Math.abs = (v) => {
      if (victim.length > 0) structuredClone(victim.buffer, { transfer: [victim.buffer as ArrayBuffer] })
      return abs(v)
    }
    try {
      return await run()
    } finally {
      Math.abs = abs
    }
  }

  test('an operand, an output', async () => {
    for (const which of [0, 1]) {
      const [xs, out] = [numbers(50_000), numbers(50_000)]
      const f = kernel((x: number) => Math.abs(x) + 1)
      const call = whileTaken([xs, out][which] as Float64Array, async () => f(xs, { out }))
      await expect(call).rejects.toEqual(code('ERR_DETACHED'))
    }
    const xs = numbers(50_000)
    await expect(whileTaken(xs, () => kernel((x: number) => Math.abs(x)).async(xs))).rejects.toEqual(
      code('ERR_DETACHED'),
    )
  })

  test('a bound array: the next call says so', async () => {
    const lut = numbers(100)
    const f = kernel('(x) => Math.abs(lut[x])', { bindings: { lut } })
    await whileTaken(lut, async () => f(numbers(50_000)))
    expect(() => f(numbers(50_000))).toThrow(code('ERR_DETACHED'))
  })
})

describe('memory that goes away while the pool works', () => {
  test('an operand transferred by structuredClone right after the call', async () => {
    const xs = numbers(2_000_000)
    const expected = xs.map((v) => v * v)
    // Behind a long job: the memory is gone for certain when this one begins.
    const front = cube.async(new Int32Array(new SharedArrayBuffer(4 * 30_000_000)))
    const promise = square.async(xs)
    structuredClone(xs.buffer, { transfer: [xs.buffer as ArrayBuffer] })
    collectGarbage()
    await front
    expectSame(await promise, expected)
  })

  test('an operand transferred to a MessagePort right after the call', async () => {
    const xs = numbers(2_000_000)
    const expected = xs.map((v) => v * v)
    const { port1, port2 } = new MessageChannel()
    const promise = square.async(xs)
    port1.postMessage(xs, [xs.buffer as ArrayBuffer])
    expectSame(await promise, expected)
    port1.close()
    port2.close()
  })

  test('an output detached in the progress listener', async () => {
    const out = new Float64Array(2_000_000)
    const call = square.async(numbers(out.length), {
      out,
      onProgress() {
        if (out.length > 0) structuredClone(out.buffer, { transfer: [out.buffer] })
      },
    })
    await expect(call).rejects.toEqual(code('ERR_DETACHED'))
  })

  test('memory of WebAssembly that grows, which detaches it', async () => {
    const memory = new WebAssembly.Memory({ initial: 200, maximum: 400 })
    const xs = new Float64Array(memory.buffer, 0, 1_000_000).fill(3)
    const promise = square.async(xs)
    memory.grow(100)
    // It grows where it is, so that a job that went on in there would see what is written now.
    new Float64Array(memory.buffer)[999_999] = 5
    expect(() => square(xs)).toThrow(code('ERR_DETACHED'))
    expectSame(await promise, new Float64Array(1_000_000).fill(9))
    new Float64Array(memory.buffer)[999_999] = 3
    const grown = new Float64Array(memory.buffer, 0, 1_000_000)
    expectSame(cube(grown, { out: grown }), new Float64Array(1_000_000).fill(27))
  })

  test('arrays that only the pool still needs, under a collector that runs all the time', async () => {
    const calls = Array.from({ length: 30 }, (_, i) => {
      const shared = new Float64Array(new SharedArrayBuffer(8 * 300_000)).fill(i)
      return i % 2 === 0 ? square.async(shared) : square.async(shared, { out: shared })
    })
    for (let i = 0; i < 10; i++) {
      collectGarbage()
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const [i, ys] of (await Promise.all(calls)).entries()) expect([ys[0], ys.at(-1)]).toEqual([i * i, i * i])
  })

  test('shared memory that is written during the run gives some mixture of values, and nothing worse', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4 * 5_000_000)).fill(2)
    const promise = square.async(shared)
    for (let i = 0; i < shared.length; i += 1000) shared[i] = 3
    const ys = await promise
    expect(ys.every((y) => y === 4 || y === 9)).toBe(true)
  })

  test('shared memory that is written during the run is read once for a result, however often the kernel names it', async () => {
    const values = [2, -3]
    const shared = new Float64Array(new SharedArrayBuffer(8 * 10_000)).fill(2)
    const writer = new Worker(
      `const { parentPort, workerData: { shared, values } } = require('node:worker_threads')
       parentPort.postMessage('writing')
       for (let k = 0; ; k++) shared.fill(values[k % values.length])`,
      { eval: true, workerData: { shared, values } },
    )
    await once(writer, 'message')
    // Between its first and its last look at an element lies work on a whole block.
    const one = kernel((x: number) => {
      const next = x + 1
      return next + Math.min(0, Math.abs(Math.sin(Math.sin(Math.sin(next))))) - x
    })
    const results = async (f: typeof one): Promise<number[]> => {
      const seen = new Set<number>()
      for (let k = 0; k < 400; k++) for (const y of k % 2 === 0 ? f(shared) : await f.async(shared)) seen.add(y)
      return [...seen].toSorted((a, b) => a - b)
    }
    try {
      expect(await results(one)).toEqual([1])
      expect(await results(sin as typeof one)).toEqual([...sin(Float64Array.from(values))].toSorted((a, b) => a - b))
    } finally {
      await writer.terminate()
    }
  })
})

test('shared memory that says it is none is still shared: read in place, and refused when it can grow', async () => {
  const forged = (options?: { maxByteLength: number }): Float64Array => {
    const buffer = new (SharedArrayBuffer as new (bytes: number, options?: object) => SharedArrayBuffer)(80, options)
    Object.setPrototypeOf(buffer, ArrayBuffer.prototype)
    return new Float64Array(buffer).fill(3)
  }
  const xs = forged()
  expectSame(square(xs), new Float64Array(10).fill(9))
  expect(await square.async(xs, { out: xs })).toBe(xs)
  expect(xs[9]).toBe(9)
  expect(() => square(forged({ maxByteLength: 160 }))).toThrow(code('ERR_RESIZABLE'))
})

describe('callers that change their mind while arguments are read', () => {
  test('a getter that shrinks nothing, but detaches the output', () => {
    const out = new Float64Array(4)
    const options = {
      get out() {
        structuredClone(out.buffer, { transfer: [out.buffer] })
        return out
      },
    }
    expect(() => square(numbers(4), options)).toThrow(code('ERR_DETACHED'))
  })

  test('a Proxy as options is read once, like any options', () => {
    const reads: PropertyKey[] = []
    const options = new Proxy(
      { dtype: 'float32' as const },
      {
        get(target, key, receiver) {
          reads.push(key)
          return Reflect.get(target, key, receiver) as unknown
        },
      },
    )
    expect(square(numbers(4), options)).toBeInstanceOf(Float32Array)
    expect(reads).toEqual(['dtype'])
  })

  test('a Proxy whose traps throw', () => {
    const options = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('mine')
        },
      },
    ) as { dtype: 'float32' }
    expect(() => square(numbers(4), options)).toThrow('mine')
  })

  test('calls and cancellations from inside a progress listener', async () => {
    const inner: Promise<unknown>[] = []
    const controller = new AbortController()
    const outer = square.async(numbers(2_000_000), {
      signal: controller.signal,
      onProgress() {
        if (inner.length < 20) inner.push(cube.async(numbers(50_000)), Promise.resolve(square(numbers(50_000))))
        else controller.abort()
      },
    })
    await outer.catch((error: unknown) => expect(error).toEqual(code('ABORT_ERR')))
    const expected = [numbers(50_000).map((v) => v ** 2 * v), numbers(50_000).map((v) => v * v)]
    for (const [i, ys] of (await Promise.all(inner)).entries())
      expectSame(ys as Float64Array, expected[i % 2] as Float64Array)
  })
})

describe('lengths at the edges', () => {
  test.each([0, 1])('%i elements, synchronous and not', async (length) => {
    for (const xs of [new Float64Array(length), new Uint8Array(length), new BigInt64Array(length)]) {
      expect(square(xs as Float64Array).length).toBe(length)
      expect((await square.async(xs as Float64Array)).length).toBe(length)
    }
  })

  test('2^32 + 1 elements, or as many as this version of V8 allows', { timeout: 120_000 }, () => {
    const length = Math.min(2 ** 32 + 1, constants.MAX_LENGTH)
    const xs = new Uint8Array(length)
    const places = [0, 1, 2 ** 31, length - 2, length - 1]
    for (const [i, at] of places.entries()) xs[at] = i + 2
    square(xs, { out: xs })
    expect(places.map((at) => xs[at])).toEqual([4, 9, 16, 25, 36])
    expect([xs[2], xs[length - 3]]).toEqual([0, 0])
  })
})

describe('environments that end', () => {
  test('a storm of terminations, a thousand jobs in flight', { timeout: 120_000 }, async () => {
    const run = await runNode([program('terminate-storm.mjs'), '50'])
    expect(run).toEqual({ code: 0, signal: null, stdout: '1000 true\n', stderr: '' })
  })

  const marks = [
    ['as Node marks it', []],
    ['where the function that tells of the mark was replaced', ['replaced']],
    ['without a mark, since the thread put it under another ArrayBuffer', ['unmarked']],
  ] as const
  test.each(marks)(
    'a thread whose job has memory that Node frees at its end, %s',
    { timeout: 60_000 },
    async (_, more) => {
      const run = await runNode([program('external-memory.mjs'), addon, ...more])
      expect(run).toEqual({ code: 0, signal: null, stdout: 'true\n', stderr: '' })
    },
  )

  const threads = [
    ['by every way to move memory', []],
    ['and which says that it is the main thread', ['main']],
  ] as const
  test.each(threads)('a thread whose large results were posted away, %s', async (_, more) => {
    const run = await runNode([program('results-of-a-thread.mjs'), ...more])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(run.stdout)).toEqual({ isMoved: true, right: true, others: true, length: 8 << 20 })
  })
})

describe('the addon, called without the facade', () => {
  interface RawJobs {
    submit(...args: unknown[]): number
    cancel(id: unknown): void
    take(id: unknown): ArrayBuffer | null
    takeInto(...args: unknown[]): void
    discard(id: unknown): void
    next(): number
  }
  interface Raw {
    elementwise(...args: unknown[]): void
    lend(bytes: unknown): ArrayBuffer | null
    Jobs: new (listener: unknown) => RawJobs
  }
  const raw = createRequire(import.meta.url)(addon) as Raw
  const kinds = ['progress', 'completed', 'cancelled', 'failed']

  /** Jobs of this thread, and the events of which they have told. */
  function listeningJobs(): { jobs: RawJobs; events: { id: number; kind: string | undefined }[] } {
    const events: { id: number; kind: string | undefined }[] = []
    const jobs = new raw.Jobs(() => {
      for (let event = jobs.next(); event >= 0; event = jobs.next())
        events.push({ id: Math.floor(event / 4), kind: kinds[event % 4] })
    })
    return { jobs, events }
  }

  /** Turns of the event loop until there are so many events. */
  async function heard(events: readonly unknown[], count: number): Promise<void> {
    while (events.length < count) await new Promise((resolve) => setImmediate(resolve))
  }

  const xs: NumericArray = numbers(10)

  const memory = xs.buffer as ArrayBuffer
  /** The place of an array in its memory, as the facade writes it. */
  const place = (byteOffset: number, dtype = 0): number => byteOffset * 16 + dtype

  test.each([
    ['a code of no operation', [99, 10, memory, 0, memory, 0]],
    ['no code', ['square', 10, memory, 0, memory, 0]],
    ['no length', [0, 'ten', memory, 0, memory, 0]],
    ['an operand too few', [2, 10, memory, 0, memory, 0]],
    ['an operand too many', [0, 10, memory, 0, memory, 0, memory, 0]],
    ['no operand', [0, 10, memory, 0]],
    ['no output', [0, 10]],
    ['nothing', []],
    ['an operand without a place', [0, 10, memory, 0, memory]],
    [
      'more operands than are read without a list of them',
      [0, 10, ...Array.from({ length: 40 }, () => [memory, 0]).flat()],
    ],
    ['more operands than any call has', [0, 10, ...Array.from({ length: 5000 }, () => [memory, 0]).flat()]],
    ['no memory', [0, 10, memory, 0, {}, 0]],
    ['no memory for the output', [0, 10, {}, 0, memory, 0]],
    ['a typed array instead of its memory', [0, 10, memory, 0, xs, 0]],
    ['numbers alone', [2, 10, memory, 0, 1, 0, 2, 0]],
    ['a number as output', [0, 10, 1, 0, memory, 0]],
    ['more elements than the output has', [0, 11, memory, 0, new ArrayBuffer(88), 0]],
    ['more elements than the operand has', [0, 11, new ArrayBuffer(88), 0, memory, 0]],
    ['a place beyond the memory', [0, 2, new ArrayBuffer(16), 0, memory, place(72)]],
    ['a place far beyond it', [0, 2, memory, place(2 ** 48), memory, 0]],
    ['a place before it', [0, 2, memory, place(-16), memory, 0]],
    ['a place that is no number', [0, 2, memory, Number.NaN, memory, 0]],
    ['a length that is none', [0, -1, memory, 0, memory, 0]],
    ['a length beyond all memory', [0, 2 ** 52, memory, 0, memory, 0]],
    ['a code of no dtype', [0, 2, memory, place(0, 12), memory, 0]],
    ['elements that start inside one', [0, 2, memory, place(4), new ArrayBuffer(16), 0]],
    ['numbers into bigints', [0, 10, memory, place(0, 10), memory, 0]],
    ['a bigint beside numbers', [2, 10, memory, 0, memory, 0, 1n, 0]],
    ['bigints where a quotient may not exist', [5, 10, memory, place(0, 10), memory, place(0, 10), 1n, 0]],
    ['an overlap', [0, 5, memory, place(8), memory, 0]],
    ['an overlap with the second operand', [2, 5, memory, place(8), 1, 0, memory, 0]],
  ])('refuses %s', (_what, args) => {
    expect(() => raw.elementwise(...args)).toThrow()
  })

  test('a list of operands that runs code while it is read has every array as it is afterwards', () => {
    const jobs = new raw.Jobs(() => {})
    const victim = numbers(100_000)
    const list = Object.defineProperty([null, 0, victim.buffer, 0, 0, 0], 4, {
      get() {
        structuredClone(victim.buffer, { transfer: [victim.buffer as ArrayBuffer] })
        return 1
      },
    })
    expect(() => jobs.submit(2, 100_000, 0, list, [], false)).toThrow(code('ERR_DETACHED'))
  })

  test('refuses job numbers that mean nothing, and takes a result once', async () => {
    const { jobs, events } = listeningJobs()
    expect(jobs.next()).toBe(-1)
    for (const id of [0, 7, -1, 2 ** 31]) {
      expect(() => jobs.take(id)).toThrow()
      expect(() => jobs.takeInto(id, [memory, 0], 10)).toThrow()
      jobs.cancel(id)
      jobs.discard(id)
    }
    expect(() => jobs.submit(0, 10, 0, [memory, 0, memory, 0], [], false)).toThrow(/shared or moved/)
    const id = jobs.submit(0, 10, 0, [null, 0, memory, 0], [], false)
    await heard(events, 1)
    // A job that waits behind a long one has no result.
    const shared = (length: number): DataView => new DataView(new SharedArrayBuffer(8 * length))
    const front = jobs.submit(1, 3e7, 0, [shared(3e7), 0, shared(3e7), 0], [], false)
    const behind = jobs.submit(0, 1e5, 1, [null, 0, shared(1e5), 0], [], false)
    expect(() => jobs.take(behind)).toThrow(/no result to take/)
    jobs.cancel(behind)
    await heard(events, 3)
    expect(new Map(events.slice(1).map((event) => [event.id, event.kind]))).toEqual(
      new Map([
        [behind, 'cancelled'],
        [front, 'completed'],
      ]),
    )
    expect(() => jobs.take(behind)).toThrow(/no result to take/)
    expect(events[0]).toMatchObject({ id, kind: 'completed' })
    // So short a result is not lent, and is still there to be copied.
    expect(jobs.take(id)).toBeNull()
    const out = new Float64Array(10)
    jobs.takeInto(id, [out.buffer, 0], 10)
    expectSame(
      out,
      (xs as Float64Array).map((v) => v * v),
    )
    expect(() => jobs.take(id)).toThrow()
    expect(() => jobs.takeInto(id, [out.buffer, 0], 10)).toThrow(/no result to take/)
  })

  test('a job that is discarded has ended, and is forgotten', async () => {
    const { jobs, events } = listeningJobs()
    const shared = new Float64Array(new SharedArrayBuffer(8 * 10_000_000)).fill(3)
    const id = jobs.submit(
      1,
      shared.length,
      0,
      [new DataView(shared.buffer), 0, new DataView(shared.buffer), 0],
      [],
      false,
    )
    jobs.discard(id)
    shared.fill(5)
    expect(() => jobs.take(id)).toThrow(/no result to take/)
    await heard(events, 1)
    expect(events.map((event) => event.id)).toEqual([id])
    expect(shared.every((v) => v === 5)).toBe(true)
  })

  test('keeps what a job works on, though nobody else does and the collector runs', async () => {
    const { jobs, events } = listeningJobs()
    const shared = (length: number): DataView => {
      const threes = new Float64Array(new SharedArrayBuffer(8 * length)).fill(3)
      return new DataView(threes.buffer)
    }
    const [length, count] = [300_000, 30]
    // Behind a job that goes on until the collector has run: angles so large that each is reduced by itself.
    const front = new AbortController()
    const slow = kernel((x: number) => {
      let y = x
      for (let i = 0; i < 64; i++) y = Math.sin(y * 1e300)
      return y
    })
    const ended = slow.async(new Float64Array(2_000_000).fill(3), { signal: front.signal })
    const ids = Array.from({ length: count }, () => jobs.submit(0, length, 0, [null, 0, shared(length), 0], [], false))
    for (let i = 0; i < 10; i++) {
      collectGarbage()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(events).toEqual([])
    front.abort()
    await expect(ended).rejects.toEqual(code('ABORT_ERR'))
    await heard(events, count)
    for (const id of ids) {
      const out = new Float64Array(length)
      // What is lent is not taken by copying.
      const ys = new Float64Array(jobs.take(id) ?? (jobs.takeInto(id, [out.buffer, 0], length), out.buffer))
      expect([ys[0], ys.at(-1)]).toEqual([9, 9])
    }
  })

  test('refuses sizes that are none', () => {
    for (const bytes of [-1, 0.5, Number.NaN, Infinity, 2 ** 60]) expect(() => raw.lend(bytes)).toThrow()
    expect(raw.lend(100)).toBeNull()
  })
})

test('setters in the way of what is told of jobs do not bring their end forward, nor that of another', async () => {
  const run = await runNode([program('forged-events.mjs')])
  expect(run).toEqual({ code: 0, signal: null, stdout: '[-1,-1]\n', stderr: '' })
})

test('built-ins that were replaced, and setters of Array.prototype, neither see memory that was moved into a call nor spoil what tells of it', async () => {
  const { code: exitCode, stdout, stderr } = await runNode([program('watched-built-ins.mjs')])
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual({
    isNative: true,
    seen: [],
    results: [
      [250_000, expect.any(Number)],
      [250_000, 4],
      [250_000, 4],
      [250_000, 6],
      [250_000, 4],
    ],
  })
})
