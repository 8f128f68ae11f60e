import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { firstDifference } from '../examples/compare-values.ts'
import { runNode } from './fixtures/run-program.ts'

const batchJob = fileURLToPath(new URL('../build/examples/batch-job.js', import.meta.url))

describe.each([
  ['the native pool', {}],
  ['plain JavaScript', { COREPOOL_BINDING: 'none' }],
])('the batch job on %s', (where, env) => {
  test('squares and cubes real data, finds every value right, and shows a bar that moves', async () => {
    const { code, stdout, stderr } = await runNode([batchJob, '--elements', '20000000'], env)
    expect(stdout).toContain(`Batch job on ${where}`)
    expect(stdout.match(/all equal/g)).toHaveLength(8)
    expect(stdout).toContain('Every value equals that of plain JavaScript.')
    const shares = new Set(Array.from(stderr.matchAll(/(\d+)%/g), ([, share]) => Number(share)))
    expect(shares.size).toBeGreaterThan(2)
    expect(shares).toContain(100)
    expect(code).toBe(0)
  })

  test('fails when a single bit of a result is flipped', async () => {
    const { code, stdout, stderr } = await runNode([batchJob, '--elements', '100000', '--flip-a-bit'], env)
    expect(stdout.match(/DIFFERENT at \d+/g)).toHaveLength(8)
    expect(stderr).toContain('8 of 8 results differ')
    expect(code).toBe(1)
  })
})

test('the comparison finds any flipped bit, by the index of its element', () => {
  const expected = Float32Array.from({ length: 100 }, (_, i) => i / 7)
  for (let bit = 0; bit < expected.length * 32; bit++) {
    const spoilt = expected.slice()
    const bytes = new Uint8Array(spoilt.buffer)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(firstDifference(spoilt, expected)).toBe(bit >> 5)
  }
  expect(firstDifference(expected.slice(), expected)).toBe(-1)
})
