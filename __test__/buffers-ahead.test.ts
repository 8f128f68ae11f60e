import { describe, expect, test } from 'vitest'
import { BuffersAhead } from '../dist/native/buffers-ahead.js'
import { program, runNode } from './fixtures/run-program.ts'

interface Source {
  readonly ahead: BuffersAhead
  readonly made: ArrayBuffer[]
  readonly discarded: ArrayBuffer[]
}

/** A source that has `capacity` buffers, and then ends as `atEnd` says. */
function source(capacity = Infinity, atEnd = (): null => null): Source {
  const [made, discarded]: [ArrayBuffer[], ArrayBuffer[]] = [[], []]
  const ahead = new BuffersAhead({
    make(bytes) {
      if (made.length >= capacity) return atEnd()
      made.push(new ArrayBuffer(bytes))
      return made.at(-1) ?? null
    },
    discard: (buffer) => void discarded.push(buffer),
  })
  return { ahead, made, discarded }
}

/** How many were made after each of `times` calls. */
function madeAfterEach({ ahead, made }: Source, times: number, bytes: number, most: number): number[] {
  return Array.from({ length: times }, () => {
    ahead.take(bytes, most)
    return made.length
  })
}

/** Calls in a row after which two are made at a time, as a source of few bytes allows. */
const EARNED = 16

describe('buffers that are made ahead', () => {
  test('are one for eight that were asked for in a row, and no more than the bytes that are allowed', () => {
    const both = source()
    expect(madeAfterEach(both, EARNED, 10, 39)).toEqual(Array.from({ length: EARNED }, (_, i) => i + 1))
    expect(madeAfterEach(both, 15, 10, 39)).toEqual([18, 18, 20, 20, 22, 22, 24, 24, 27, 27, 27, 30, 30, 30, 33])
    // Four are earned by now.
    expect(madeAfterEach(both, 6, 10, 39)).toEqual([33, 33, 36, 36, 36, 39])
  })

  test('are at most 32 at a time', () => {
    const counts = madeAfterEach(source(), 600, 1, 1000)
    const steps = counts.map((count, i) => count - (counts[i - 1] ?? 0))
    expect(Math.max(...steps)).toBe(32)
  })

  test('are none where a single buffer is all that is allowed', () => {
    expect(madeAfterEach(source(), 5, 10, 19)).toEqual([1, 2, 3, 4, 5])
    expect(madeAfterEach(source(), 5, 10, 0)).toEqual([1, 2, 3, 4, 5])
  })

  test('are handed out once each', () => {
    const { ahead, made } = source()
    const taken = Array.from({ length: 50 }, () => ahead.take(10, 100))
    expect(new Set(taken).size).toBe(50)
    expect(made).toEqual(expect.arrayContaining(taken))
  })

  test('are taken away when another length is asked for, and have to be earned again', () => {
    const both = source()
    madeAfterEach(both, EARNED + 1, 10, 30)
    expect(both.ahead.take(11, 30)?.byteLength).toBe(11)
    expect(both.discarded.map(({ byteLength }) => byteLength)).toEqual([10])
    const before = both.made.length
    expect(madeAfterEach(both, EARNED + 1, 10, 30).at(-1)).toBe(before + EARNED + 2)
  })

  test('are taken away by discard(), which says whether there were any', () => {
    const both = source()
    madeAfterEach(both, EARNED + 1, 10, 30)
    expect(both.ahead.discard()).toBe(true)
    expect(both.discarded).toHaveLength(1)
    expect(both.ahead.discard()).toBe(false)
    expect(both.discarded).toHaveLength(1)
  })

  test('are as many as the source has, and then there is none', () => {
    const { ahead } = source(EARNED + 2)
    const taken = Array.from({ length: EARNED + 4 }, () => ahead.take(10, 100)?.byteLength)
    expect(taken).toEqual([...Array<number>(EARNED + 2).fill(10), undefined, undefined])
  })

  test('may fail: only a buffer that was asked for throws', () => {
    const { ahead } = source(EARNED + 1, () => {
      throw new RangeError('no memory')
    })
    for (let i = 0; i < EARNED + 1; i++) expect(ahead.take(10, 100)?.byteLength).toBe(10)
    expect(() => ahead.take(10, 100)).toThrow(new RangeError('no memory'))
  })
})

describe('results that are made ahead', () => {
  test(
    'go back to the system when nobody asks for them, and those in use stay as they are',
    { timeout: 60_000 },
    async () => {
      const { stdout, stderr } = await runNode(['--expose-gc', program('results-ahead.mjs')])
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual({ ahead: 4, left: 3, isKept: false, right: true })
    },
  )

  test('go back when a result of another length is asked for', { timeout: 60_000 }, async () => {
    const { stdout, stderr } = await runNode(['--expose-gc', program('results-ahead.mjs'), 'other'])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ ahead: 4, left: 3.8, isKept: false, right: true })
  })
})
