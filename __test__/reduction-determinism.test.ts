import { availableParallelism } from 'node:os'
import { cores, dot, isNative, norm, prod, sum, sumExact, variance } from 'corepool'
import { afterEach, expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

/** What a process of its own prints: the SIMD level and the engine, and the bits of all reductions. */
async function printed(env: NodeJS.ProcessEnv): Promise<{ first: string; bits: string }> {
  const { code, stdout, stderr } = await runNode([program('reductions.mjs')], env)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const [first = ''] = stdout.split('\n', 1)
  return { first, bits: stdout.slice(first.length) }
}

afterEach(() => cores.resize())

test('every reduction has the same bits at every SIMD level, with any number of threads, and without the addon', async () => {
  const usual = await printed({})
  expect(usual.bits.split('\n').length).toBe(29)
  const levels = process.arch === 'x64' ? ['sse2', 'avx2', 'avx512'] : ['neon']
  for (const COREPOOL_SIMD of levels) {
    const { first, bits } = await printed({ COREPOOL_SIMD })
    if (COREPOOL_SIMD === 'sse2' && isNative) expect(first).toBe('sse2 true')
    expect(bits === usual.bits, COREPOOL_SIMD).toBe(true)
  }
  for (const COREPOOL_THREADS of ['1', '2', '3', '8']) {
    expect((await printed({ COREPOOL_THREADS })).bits === usual.bits, `${COREPOOL_THREADS} threads`).toBe(true)
  }
  const plain = await printed({ COREPOOL_BINDING: 'none' })
  expect(plain.first).toBe('none false')
  expect(plain.bits === usual.bits).toBe(true)
})

test('while the pool is resized the bits stay what they were', () => {
  const xs = Float64Array.from({ length: 500_009 }, (_, i) => Math.sin(i) * 2 ** (((i * 37) % 400) - 200))
  const results = (): number[] => [sum(xs), sumExact(xs), variance(xs), norm(xs), dot(xs, xs), prod(xs)]
  cores.resize(1)
  const expected = results()
  for (const threads of isNative ? [2, 3, 8, availableParallelism(), 1] : [1]) {
    cores.resize(threads)
    for (let i = 0; i < 5; i++) expect(results()).toEqual(expected)
  }
})

test('two halves on a leaf of a power of two are the two branches of the whole', () => {
  const xs = Float64Array.from({ length: 2 * 65_536 }, (_, i) => Math.cos(i) * 2 ** ((i * 31) % 200))
  const halves = [xs.subarray(0, 65_536), xs.subarray(65_536)].map((half) => sum(half, { compensated: false }))
  expect(sum(xs, { compensated: false })).toBe((halves[0] as number) + (halves[1] as number))
})
