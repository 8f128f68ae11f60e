import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('on a machine without a Rust toolchain', () => {
  const clone = mkdtempSync(join(tmpdir(), 'corepool-clone-'))
  /** Nothing but Node can be found, and nothing was built. */
  const env = { ...process.env, PATH: dirname(process.execPath), COREPOOL_BINDING: '' }

  beforeAll(() => {
    const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root })
    for (const file of String(files).split('\0').filter(Boolean)) cpSync(join(root, file), join(clone, file))
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  })
  afterAll(() => rmSync(clone, { recursive: true }))

  function run(script: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
    // A PATH of its own, in case the folder of this Node holds cargo too.
    const path = mkdtempSync(join(tmpdir(), 'corepool-path-'))
    const options = { cwd: clone, env: { ...env, PATH: path }, encoding: 'utf8' as const }
    const result = spawnSync(process.execPath, [join(clone, script), ...args], options)
    rmSync(path, { recursive: true })
    return result
  }

  test('npm start says so in one line, and does the same in plain JavaScript', () => {
    const setUp = run('scripts/set-up.mjs')
    expect(setUp.status).toBe(0)
    expect(setUp.stderr.match(/^.*Rust.*$/gm)).toEqual([
      'corepool: no Rust toolchain (cargo is not on the PATH): everything runs in plain JavaScript. ' +
        'https://rustup.rs installs one.',
    ])
    const job = run('build/examples/main-job.js', '--elements', '100000')
    expect(job.stdout).toContain('Square: 100\n')
    expect(job.stdout).toContain('Batch job on plain JavaScript (no native addon)')
    expect(job.stdout).toContain('Every value equals that of plain JavaScript.')
    expect(job.status).toBe(0)
  })

  test('npm test says what is missing, and fails', () => {
    const { status, stderr } = run('scripts/set-up.mjs', '--need-rust')
    expect(stderr).toMatch(/no Rust toolchain \(cargo is not on the PATH\)\. The tests need one/)
    expect(status).toBe(1)
  })
})
