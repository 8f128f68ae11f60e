import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { promisify } from 'node:util'
import { AbortError, cube, kernel, square } from 'corepool'
import { describe, expect, test, vi } from 'vitest'
import { keepPoolBusy } from './fixtures/busy-pool.ts'
import { expectSame } from './fixtures/expect-same.ts'
import { program, runProgram } from './fixtures/run-program.ts'

const numbers = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => (i % 1000) - 500)
const squared = (xs: Float64Array): Float64Array => xs.map((v) => v * v)

test('an asynchronous call works on the operand as it was when it was made', async () => {
  const xs = numbers(300_000)
  const expected = squared(xs)
  const promise = square.async(xs)
  xs.fill(-1)
  expectSame(await promise, expected)
})

test('a small result is ordinary memory, which can be transferred', async () => {
  const ys = await square.async(numbers(1000))
  structuredClone(ys, { transfer: [ys.buffer as ArrayBuffer] })
  expect(ys.byteLength).toBe(0)
})

test('an ordinary output is written only when the promise settles', async () => {
  const xs = numbers(300_000)
  const out = new Float64Array(xs.length)
  const promise = square.async(xs, { out })
  expect(out.every((v) => v === 0)).toBe(true)
  expect(await promise).toBe(out)
  expectSame(out, squared(xs))
})

test('an output of a class with a set of its own is written', async () => {
  class Mine extends Float64Array {
    override set(): void {}
  }
  const out = new Mine(3)
  expect([...(await square.async(Float64Array.of(1, 2, 3), { out }))]).toEqual([1, 4, 9])
})

test('in place works asynchronously too', async () => {
  const xs = numbers(300_000)
  const expected = squared(xs)
  expect(await square.async(xs, { out: xs })).toBe(xs)
  expectSame(xs, expected)
})

test('an output that is detached meanwhile rejects with ERR_DETACHED', async () => {
  const xs = numbers(300_000)
  const out = new Float64Array(xs.length)
  const promise = square.async(xs, { out })
  structuredClone(out.buffer, { transfer: [out.buffer] })
  await expect(promise).rejects.toMatchObject({ name: 'ArrayError', code: 'ERR_DETACHED' })
})

test('an operand that is detached meanwhile does not matter', async () => {
  const xs = numbers(300_000)
  const expected = squared(xs)
  const promise = square.async(xs)
  structuredClone(xs.buffer, { transfer: [xs.buffer as ArrayBuffer] })
  expectSame(await promise, expected)
})

test('many calls at once each settle with their own values', async () => {
  const lengths = [1, 1000, 40_000, 70_001, 300_000, 0, 5]
  const results = await Promise.all(
    lengths.flatMap((length) => [square.async(numbers(length)), cube.async(numbers(length))]),
  )
  const expected = lengths.flatMap((length) => [squared(numbers(length)), numbers(length).map((v) => v * v * v)])
  for (const [i, result] of results.entries()) expectSame(result, expected[i] as Float64Array)
})

describe('progress', () => {
  test('grows, counts elements, and ends with all of them before the promise settles', async () => {
    const length = 3_000_000
    const heard: [number, number][] = []
    await square.async(numbers(length), { onProgress: (done, total) => heard.push([done, total]) })
    expect(heard.at(-1)).toEqual([length, length])
    expect(heard.every(([, total]) => total === length)).toBe(true)
    const counts = heard.map(([done]) => done)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(heard.length).toBeLessThanOrEqual(110)
  })

  test('is heard while the work goes on: the event loop turns between two reports', async () => {
    let turns = 0
    let isOver = false
    const turn = (): void => {
      turns++
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    const heardAt = new Set<number>()
    const xs = new Int32Array(new SharedArrayBuffer(4 * 20_000_000))
    await cube.async(xs, { onProgress: () => heardAt.add(turns) })
    isOver = true
    expect(heardAt.size).toBeGreaterThan(1)
  })

  test('calls its listener as a function, which has no `this` and so no hold on the call', async () => {
    const heard = new Set<unknown>()
    function onProgress(this: unknown): void {
      heard.add(this)
    }
    await square.async(numbers(1000), { onProgress })
    expect([...heard]).toEqual([undefined])
  })

  test('what its listener throws cancels the call and rejects with that very error', async () => {
    const mine = new Error('mine')
    const onProgress = vi.fn<() => void>(() => {
      throw mine
    })
    await expect(square.async(numbers(3_000_000), { onProgress })).rejects.toBe(mine)
    expect(onProgress).toHaveBeenCalledTimes(1)
  })
})

describe('a signal', () => {
  test('that is aborted already rejects with an AbortError and starts nothing', async () => {
    const out = new Float64Array(4)
    const reason = new Error('changed my mind')
    const promise = square.async(numbers(4), { out, signal: AbortSignal.abort(reason) })
    await expect(promise).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason })
    expect(out).toEqual(new Float64Array(4))
  })

  test('that aborts while the pool works ends the call between chunks', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const front = keepPoolBusy()
    const promise = square.async(numbers(3_000_000), { signal: controller.signal })
    controller.abort(reason)
    front.release()
    const error = await promise.catch((caught: unknown) => caught)
    await front.ended
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ code: 'ABORT_ERR', cause: reason })
  })

  test('that aborts a kernel of dear elements at its first report ends the call before the last chunk', async () => {
    const powers = kernel((x: number, y: number) => {
      let t = x
      for (let i = 0; i < 64; i++) t = t ** y
      return t
    })
    const xs = new Float64Array(100_000).fill(1.5)
    const controller = new AbortController()
    const heard: number[] = []
    const onProgress = (done: number): void => {
      heard.push(done)
      controller.abort()
    }
    const promise = powers.async(xs, xs, { signal: controller.signal, onProgress })
    await expect(promise).rejects.toBeInstanceOf(AbortError)
    expect(heard.length).toBeGreaterThan(0)
    expect(heard.at(-1)).toBeLessThan(xs.length)
  })

  test('gives way to what the progress listener threw, even when the listener aborted it too', async () => {
    const controller = new AbortController()
    const mine = new Error('mine')
    const onProgress = (): void => {
      controller.abort()
      throw mine
    }
    await expect(square.async(numbers(10), { signal: controller.signal, onProgress })).rejects.toBe(mine)
  })

  test.each([
    ['completes', (xs: Float64Array, signal: AbortSignal) => square.async(xs, { signal })],
    [
      'fails',
      (xs: Float64Array, signal: AbortSignal) => {
        const out = new Float64Array(xs.length)
        const call = square.async(xs, { signal, out })
        structuredClone(out.buffer, { transfer: [out.buffer] })
        return call
      },
    ],
    [
      'is cancelled by its listener',
      (xs: Float64Array, signal: AbortSignal) =>
        square.async(xs, {
          signal,
          onProgress() {
            throw new Error('mine')
          },
        }),
    ],
  ])('has no listener left when the call %s', async (_how, call) => {
    const { signal } = new AbortController()
    await call(numbers(1000), signal).catch(() => {})
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('may be shared by many calls, behind one listener', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const calls = Array.from({ length: 30 }, () => square.async(numbers(100_000), { signal }))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    controller.abort()
    const ends = await Promise.allSettled(calls)
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ABORT_ERR' })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('whose own methods throw still lets every call settle', async () => {
    const signal = Object.assign(new AbortController().signal, {
      removeEventListener() {
        throw new Error('not mine')
      },
    })
    const calls = [
      square.async(numbers(10), { signal }),
      square.async(numbers(10)),
      square.async(numbers(10), { signal }),
    ]
    for (const ys of await Promise.all(calls)) expectSame(ys, squared(numbers(10)))
  })

  test('that aborts after the end changes nothing', async () => {
    const controller = new AbortController()
    const result = await square.async(numbers(1000), { signal: controller.signal })
    controller.abort()
    expectSame(result, squared(numbers(1000)))
  })

  test.each([
    ['an object', {}],
    ['a string', 'yes'],
    ['null', null],
    ['an object with the prototype of a signal', Object.create(AbortSignal.prototype)],
  ])('that is %s is refused at once', (_what, signal) => {
    const call = (): unknown => square.async(numbers(4), { signal } as never)
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  })
})

test('a pending call keeps the program alive until it has settled, and nothing does afterwards', async () => {
  const source = `
    import { square } from 'corepool'
    square.async(new Float64Array(5e6).fill(3)).then((ys) => console.log(ys.length, ys.at(-1)))
  `
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source])
  expect(stdout).toBe('5000000 9\n')
})

test('timers and clocks that a program has replaced are not those of calls', async () => {
  const { code, stdout, stderr } = await runProgram(program('replaced-timers.mjs'))
  expect([code, stderr]).toEqual([0, ''])
  const results = [
    [300_000, 9],
    [300_000, 9],
    [10, 9],
    [300_000, 1],
  ]
  expect(JSON.parse(stdout)).toEqual([[], results, 'js'])
})
