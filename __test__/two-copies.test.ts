/** Two copies of the package in one process, as two versions in one tree of dependencies are. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'corepool-copy-'))
  // Really copied, the addon too: a link would be the same module, and one image of the addon.
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['1', '2', '5'])(
  'both work, each on its own %s threads, and neither waits for the other',
  async (threads) => {
    const run = await runNode([program('two-copies.mjs'), folder], { COREPOOL_THREADS: threads })
    expect(run).toEqual({ code: 0, signal: null, stdout: 'true true true\n', stderr: '' })
  },
)
