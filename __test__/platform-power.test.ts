/** `**` is the platform's `pow` since Node 24, and that depends on the C library and what it finds. */
import { expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

const path = program('powers.mjs')

test('** has the bits of this engine, and says so', async () => {
  expect(await runNode([path])).toMatchObject({ code: 0, stdout: 'exact 0\n' })
})

test('where the C library computes it otherwise, kernels that have other bits say so', async () => {
  // Both spellings: glibc had another before 2.33.
  const without = 'glibc.cpu.hwcaps=-FMA,-AVX2,-FMA_Usable,-AVX2_Usable'
  const { stdout } = await runNode([path], { GLIBC_TUNABLES: without })
  expect(stdout).toMatch(/^(exact 0|ulp1 \d+)\n$/)
})
