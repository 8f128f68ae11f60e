/** `transfer`: memory moved into an asynchronous call, and handed back when it has ended. */
import { add, isNative, kernel, square, type AsyncOptions, type NumericArray } from 'corepool'
import { describe, expect, test } from 'vitest'
import { keepPoolBusy } from './fixtures/busy-pool.ts'
import { expectSame } from './fixtures/expect-same.ts'

const numbers = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => (i % 1000) - 500)
const squared = (xs: Float64Array): Float64Array => xs.map((v) => v * v)

describe.each([3, 300_000])('arrays of %i elements', (length) => {
  test('an operand is moved in and handed back as the result, in its own memory', async () => {
    const xs = numbers(length)
    const expected = squared(xs)
    const transfer: NumericArray[] = [xs]
    const promise = square.async(xs, { transfer })
    expect([xs.byteLength, xs.buffer.byteLength]).toEqual([0, 0])
    const ys = await promise
    expectSame(ys, expected)
    expect(transfer).toEqual([ys])
    expect(transfer[0]).toBe(ys)
  })

  test('two operands: one is the result, the other comes back in the list as it was', async () => {
    const [xs, ys] = [numbers(length), numbers(length).map((v) => v / 3)]
    const [before, expected] = [ys.slice(), xs.map((x, i) => x + (ys[i] as number))]
    const transfer: NumericArray[] = [ys, xs]
    const promise = add.async(xs, ys, { transfer })
    expect([xs.byteLength, ys.byteLength]).toEqual([0, 0])
    const sums = await promise
    expectSame(sums, expected)
    expect(transfer[1]).toBe(sums)
    expectSame(transfer[0] as Float64Array, before)
  })

  test('out is moved too, and the result is an array over its memory', async () => {
    const [xs, out] = [numbers(length), new Float32Array(length)]
    const expected = new Float32Array(squared(xs))
    const transfer: NumericArray[] = [out]
    const promise = square.async(xs, { out, transfer })
    expect([out.byteLength, xs.length]).toEqual([0, length])
    const ys = await promise
    expectSame(ys, expected)
    expect(transfer[0]).toBe(ys)
    expect(out.byteLength).toBe(0)
  })

  test('in place, when the operand is also out', async () => {
    const xs = numbers(length)
    const expected = squared(xs)
    const transfer: NumericArray[] = [xs]
    const promise = square.async(xs, { out: xs, transfer })
    expect(xs.byteLength).toBe(0)
    expectSame(await promise, expected)
    expectSame(transfer[0] as Float64Array, expected)
  })

  test('a result of another element size has memory of its own, and the operand comes back as it was', async () => {
    const xs = numbers(length)
    const [before, expected] = [xs.slice(), new Float32Array(squared(xs))]
    const transfer: NumericArray[] = [xs]
    const promise = square.async(xs, { dtype: 'float32', transfer })
    expect(xs.byteLength).toBe(0)
    expectSame(await promise, expected)
    expectSame(transfer[0] as Float64Array, before)
  })

  test('a result of another dtype of the same size lies in the operand’s memory, which comes back in both dtypes', async () => {
    const xs = Int32Array.from({ length }, (_, i) => i % 300)
    const expected = Float32Array.from(xs, (v) => v * v)
    const transfer: NumericArray[] = [xs]
    const ys = await square.async(xs, { dtype: 'float32', transfer })
    expectSame(ys, expected)
    expect((transfer[0] as Int32Array).buffer).toBe(ys.buffer)
    expect(transfer[0]).toBeInstanceOf(Int32Array)
  })

  test('parts of one buffer move with all of it, and come back in one buffer again', async () => {
    const whole = numbers(2 * length)
    const [a, b] = [whole.subarray(0, length), whole.subarray(length)]
    const expected = a.map((v, i) => v + (b[i] as number))
    const transfer: NumericArray[] = [a, b]
    const promise = add.async(a, b, { transfer })
    expect([whole.byteLength, a.byteLength, b.byteLength]).toEqual([0, 0, 0])
    expectSame(await promise, expected)
    expect([transfer[0]?.byteOffset, transfer[1]?.byteOffset]).toEqual([0, 8 * length])
    expect(transfer[0]?.buffer).toBe(transfer[1]?.buffer)
  })

  test('an operand that shares the buffer of a listed one is read where that has gone', async () => {
    const whole = numbers(length + 1)
    const [a, b] = [whole.subarray(0, length), whole.subarray(1)]
    const expected = a.map((v, i) => v + (b[i] as number))
    const transfer: NumericArray[] = [a]
    const promise = add.async(a, b, { transfer })
    expect(b.byteLength).toBe(0)
    expectSame(await promise, expected)
  })
})

test('a signal that has aborted moves nothing, and one that aborts later hands everything back', async () => {
  const xs = numbers(2_000_000)
  const transfer: NumericArray[] = [xs]
  await expect(square.async(xs, { transfer, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORT_ERR' })
  expect(transfer[0]).toBe(xs)
  expect(xs).toHaveLength(2_000_000)

  const controller = new AbortController()
  const front = keepPoolBusy()
  const promise = square.async(xs, { dtype: 'float32', transfer, signal: controller.signal })
  expect(xs.byteLength).toBe(0)
  controller.abort()
  front.release()
  await expect(promise).rejects.toMatchObject({ code: 'ABORT_ERR' })
  expect(transfer[0]).toHaveLength(2_000_000)
  expectSame(transfer[0] as Float64Array, numbers(2_000_000))
  await front.ended
})

test('memory that can be moved no more than copied as a whole stays where it is, and the rest of the list moves', async () => {
  // 4 GiB that take no memory until they are written: of a page less, Node 20 would make a copy.
  const memory = new WebAssembly.Memory({ initial: 65_536, maximum: 65_536 })
  const [xs, ys] = [numbers(1000), new Float64Array(memory.buffer, 800, 1000).fill(1)]
  const transfer: NumericArray[] = [xs, ys]
  const promise = add.async(xs, ys, { transfer })
  expect([xs.length, ys.length]).toEqual([0, 1000])
  expectSame(
    await promise,
    numbers(1000).map((x) => x + 1),
  )
  expect(transfer[0]).toBe(await promise)
  expect(transfer[1]).toBe(ys)
})

describe('a signal that is a Proxy whose traps throw', () => {
  const mine = new Error('mine')
  /** Its traps throw from the moment on at which `isDue` says so. */
  const troubled = (signal: AbortSignal, isDue: () => boolean): AbortSignal =>
    new Proxy(signal, {
      get(target, key) {
        if (isDue()) throw mine
        return Reflect.get(target, key) as unknown
      },
    })

  test('at any moment before the call has begun, leaves the memory with the caller', async () => {
    let isOver = false
    let thrown = 0
    for (let allowed = 0; !isOver; allowed++) {
      const [xs, { signal }] = [numbers(1000), new AbortController()]
      const transfer: NumericArray[] = [xs]
      let reads = 0
      let promise: Promise<Float64Array> | undefined
      try {
        promise = square.async(xs, {
          transfer,
          signal: troubled(signal, () => promise === undefined && ++reads > allowed),
        })
      } catch {
        thrown++
        expect(transfer[0]).toBe(xs)
        expect(xs).toHaveLength(1000)
      }
      isOver = promise !== undefined
      // eslint-disable-next-line no-await-in-loop -- one after the other
      if (isOver) expect(await promise).toBe(transfer[0])
    }
    expect(thrown).toBeGreaterThan(0)
  })

  test('from then on, changes nothing', async () => {
    const [xs, { signal }] = [numbers(1000), new AbortController()]
    const transfer: NumericArray[] = [xs]
    let isDue = false
    const promise = square.async(xs, { transfer, signal: troubled(signal, () => isDue) })
    isDue = true
    expect(await promise).toBe(transfer[0])
  })

  test('when it aborts, hands everything back', async () => {
    const [xs, controller, front] = [numbers(300_000), new AbortController(), keepPoolBusy()]
    const transfer: NumericArray[] = [xs]
    let isDue = false
    const signal = troubled(controller.signal, () => isDue)
    const promise = square.async(xs, { transfer, signal, dtype: 'float32' })
    controller.abort()
    isDue = true
    front.release()
    await expect(promise).rejects.toMatchObject({ code: 'ABORT_ERR' })
    expectSame(transfer[0] as Float64Array, numbers(300_000))
    await front.ended
  })
})

test('a signal whose own listener stops the event ends the call all the same', async () => {
  const controller = new AbortController()
  const { signal } = controller
  signal.addEventListener('abort', (event) => event.stopImmediatePropagation())
  const front = keepPoolBusy()
  const promise = square.async(numbers(3_000_000), { signal })
  controller.abort('enough')
  front.release()
  const error = await promise.then(
    ({ length }) => length,
    (caught: unknown) => caught,
  )
  await front.ended
  expect(error).toMatchObject({ code: 'ABORT_ERR', cause: 'enough' })
})

test('a signal whose traps detach the result when the call has ended still lets it settle, and the memory is handed back', async () => {
  const [xs, { signal }] = [numbers(1000), new AbortController()]
  const out = new Float64Array(1000)
  const transfer: NumericArray[] = [xs]
  let isDue = false
  const trapped = new Proxy(signal, {
    get(target, key) {
      if (isDue && out.length > 0) structuredClone(out.buffer, { transfer: [out.buffer] })
      return Reflect.get(target, key) as unknown
    },
  })
  const promise = square.async(xs, { out, transfer, signal: trapped })
  isDue = true
  await promise
  expectSame(transfer[0] as Float64Array, numbers(1000))
})

test('what was moved is handed back in a list that is sealed, or whose elements cannot be made anew', async () => {
  const lists = [
    (xs: NumericArray, ys: NumericArray) => Object.seal([xs, ys]),
    (xs: NumericArray, ys: NumericArray) => Object.defineProperty([xs, ys], 1, { configurable: false }),
    (xs: NumericArray, ys: NumericArray) => Object.defineProperty([xs, ys], 1, { writable: false }),
  ]
  for (const listOf of lists) {
    const [xs, ys] = [numbers(1000), numbers(1000)]
    const transfer = listOf(xs, ys)
    // eslint-disable-next-line no-await-in-loop -- one after the other
    const sums = await add.async(xs, ys, { transfer })
    expect(transfer[0]).toBe(sums)
    expectSame(transfer[1] as Float64Array, numbers(1000))
  }
})

test('a signal whose traps detach an operand, at whatever moment, ends in ERR_DETACHED or in the right values', async () => {
  const codes = new Set<unknown>()
  for (const isMoved of [false, true]) {
    for (let due = 0; due < 16; due++) {
      const [xs, controller] = [numbers(1000), new AbortController()]
      let reads = 0
      const signal = new Proxy(controller.signal, {
        get(target, key) {
          if (reads++ === due) structuredClone(xs.buffer, { transfer: [xs.buffer as ArrayBuffer] })
          return Reflect.get(target, key) as unknown
        },
      })
      try {
        // eslint-disable-next-line no-await-in-loop -- one after the other
        expectSame(await square.async(xs, { signal, ...(isMoved && { transfer: [xs] }) }), squared(numbers(1000)))
      } catch (error) {
        codes.add((error as { code?: unknown }).code)
      }
    }
  }
  expect([...codes]).toEqual(['ERR_DETACHED'])
})

test('a signal that is aborted by the function, which the first call checks, cancels that call', async () => {
  const [xs, controller, front] = [numbers(300_000), new AbortController(), keepPoolBusy()]
  const aborting = (x: number): boolean => {
    controller.abort()
    return x !== x
  }
  const f = ((isNaN: (x: number) => boolean) => kernel((x: number) => (isNaN(x) ? 1 : x)))(aborting)
  const transfer: NumericArray[] = [xs]
  const promise = f.async(xs, { transfer, signal: controller.signal, dtype: 'float32' })
  front.release()
  await expect(promise).rejects.toMatchObject({ code: 'ABORT_ERR' })
  expectSame(transfer[0] as Float64Array, numbers(300_000))
  await front.ended
})

test('what a progress listener throws does not keep the memory', async () => {
  const xs = numbers(100_000)
  const transfer: NumericArray[] = [xs]
  const mine = new Error('mine')
  const onProgress = (): void => {
    throw mine
  }
  await expect(square.async(xs, { transfer, onProgress })).rejects.toBe(mine)
  expect(transfer[0]).toHaveLength(100_000)
})

test('a call that the engine refuses after the move hands everything back', async () => {
  const xs = numbers(1_000_000)
  const shared = new Float64Array(new SharedArrayBuffer(8 * xs.length))
  const front = keepPoolBusy()
  const running = square.async(shared, { out: shared })
  const transfer: NumericArray[] = [xs]
  let refused: unknown
  try {
    const second = add.async(xs, 1, { out: shared, transfer })
    front.release()
    await second
  } catch (error) {
    refused = error
  }
  front.release()
  // Plain JavaScript knows no claims: there both calls run.
  expect((refused as { code?: string } | undefined)?.code).toBe(isNative ? 'ERR_BUFFER_IN_USE' : undefined)
  expect(xs.byteLength).toBe(0)
  expect(transfer[0]).toHaveLength(1_000_000)
  await Promise.all([front.ended, running])
})

describe('memory that cannot be moved is copied and stays with the caller', () => {
  test.each<[string, () => Float64Array | Uint8Array]>([
    ['memory of WebAssembly', () => new Float64Array(new WebAssembly.Memory({ initial: 1 }).buffer).fill(3)],
    ['a Buffer of the pool', () => Buffer.from(Buffer.from([1, 2, 3]))],
    ['an array without elements', () => new Float64Array(0)],
  ])('%s', async (_what, create) => {
    const xs = create()
    const before = xs.slice()
    const transfer: NumericArray[] = [xs]
    const ys = await square.async(xs, { transfer })
    expect(ys.length).toBe(before.length)
    expect(Array.from(ys, Number)).toEqual(Array.from(before, (v) => Number(v) ** 2))
    if (before.length > 0) {
      expect(transfer[0]).toBe(xs)
      expect(Array.from(xs)).toEqual(Array.from(before))
    }
    // Buffer's pool is whole.
    expect(Buffer.from('still there').toString()).toBe('still there')
  })

  test('an out that cannot be moved is written as any out', async () => {
    const out = new Float64Array(new WebAssembly.Memory({ initial: 1 }).buffer)
    const xs = numbers(out.length)
    expect(await square.async(xs, { out, transfer: [out] })).toBe(out)
    expectSame(out, squared(xs))
  })

  test('a large result of this library, where it is memory of the addon', async () => {
    const xs = square(numbers(600_000))
    const expected = squared(xs)
    const transfer: NumericArray[] = [xs]
    const ys = await square.async(xs, { transfer })
    expectSame(ys, expected)
    expect(xs.length).toBe(isNative ? 600_000 : 0)
    expect(transfer[0]).toBe(isNative ? xs : ys)
  })
})

describe('lists that are refused, before anything is moved', () => {
  const xs = numbers(4)
  const resizable = new Float64Array(new ArrayBuffer(32, { maxByteLength: 64 }))
  const shared = new Float64Array(new SharedArrayBuffer(32))
  const cases: [what: string, operand: NumericArray, transfer: unknown, code: string, message: RegExp][] = [
    ['no list', xs, xs, 'ERR_INVALID_ARG_TYPE', /transfer must be an array of typed arrays; received a Float64Array/],
    ['a Proxy of a list', xs, new Proxy([xs], {}), 'ERR_INVALID_ARG_TYPE', /received a Proxy/],
    ['a frozen list', xs, Object.freeze([xs]), 'ERR_INVALID_ARG_VALUE', /frozen/],
    [
      'a list with an element that can be neither written nor made anew',
      xs,
      Object.defineProperty([xs], 0, { writable: false, configurable: false }),
      'ERR_INVALID_ARG_VALUE',
      /element 0 of the list cannot be written/,
    ],
    ['an array of another call', xs, [numbers(4)], 'ERR_INVALID_ARG_VALUE', /neither an operand nor out/],
    ['a buffer', xs, [xs.buffer], 'ERR_INVALID_ARG_VALUE', /an ArrayBuffer is neither an operand nor out/],
    ['null', xs, [null], 'ERR_INVALID_ARG_VALUE', /null is neither/],
    ['shared memory', shared, [shared], 'ERR_INVALID_ARG_VALUE', /shared memory cannot be moved/],
    ['a resizable buffer', resizable, [resizable], 'ERR_RESIZABLE', /resizable/],
  ]
  test.each(cases)('%s', (_what, operand, transfer, code, message) => {
    const options = { transfer } as unknown as AsyncOptions
    expect(() => square.async(operand as Float64Array, options)).toThrow(expect.objectContaining({ code }))
    expect(() => square.async(operand as Float64Array, options)).toThrow(message)
    expect(operand.byteLength).toBe(32)
  })

  test('a list whose elements detach arrays while it is read finds them gone', () => {
    const victim = numbers(4)
    const transfer = Object.defineProperty([victim], 0, {
      get() {
        structuredClone(victim.buffer, { transfer: [victim.buffer as ArrayBuffer] })
        return victim
      },
    })
    expect(() => square.async(victim, { transfer })).toThrow(expect.objectContaining({ code: 'ERR_DETACHED' }))
  })
})
