/** A binary that does not run the file which it is given, but this program again, breeds no processes without end. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Process } from 'corepool'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'
import { makeExecutable } from './fixtures/single-executable.ts'

const folder = mkdtempSync(join(tmpdir(), 'corepool-own-program-'))
/** A line for each time that the program has run. */
const runs = join(folder, 'runs')
const toldRuns = () => readFileSync(runs, 'utf8').trim().split('\n').length

beforeEach(() => writeFileSync(runs, ''))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['main thread', 'thread', 'environment'])(
  'a program that execPath runs in place of its child starts no process of its own, and says why: %s',
  async (where) => {
    const again = program('runs-again.mjs')
    const { stdout, stderr } = await runNode([again], {
      EXEC_PATH: program('ignores-arguments.sh'),
      RUNTIME: process.execPath,
      PROGRAM: again,
      RUNS: runs,
      WHERE: where,
    })
    expect(toldRuns()).toBe(2)
    expect(stdout).toBe('ERR_WORKER_DIED boot\n')
    expect(stderr).toContain('ERR_NOT_SUPPORTED')
    expect(stderr).toContain('runs this program instead')
  },
)

test('a program in a start-up snapshot has children, which do not run that snapshot', async () => {
  const blob = join(folder, 'snapshot.blob')
  const built = await runNode(['--snapshot-blob', blob, '--build-snapshot', program('snapshot.cjs')])
  expect(built.code).toBe(0)
  const env = { RUNS: runs, HERE: fileURLToPath(import.meta.url) }
  const { code, stdout } = await runNode(['--snapshot-blob', blob, 'main'], env)
  expect([code, stdout, toldRuns()]).toEqual([0, '2\n', 1])
  // There a child runs it, too.
  const given = await runNode(['main'], { ...env, NODE_OPTIONS: `--snapshot-blob=${blob}` })
  expect(given.stdout).toContain('ERR_WORKER_DIED boot\n')
  expect(given.stderr).toContain('ERR_TARGET_LOAD_FAILED')
  expect(toldRuns()).toBe(3)
})

test('neither the target nor what it runs sees a variable of ours, warm or not', async () => {
  const names = () => {
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    const own = Object.keys(process.env)
    const inherited = execFileSync(process.execPath, ['--print', 'Object.keys(process.env).join()'], {
      encoding: 'utf8',
    })
    return [...own, ...inherited.trim().split(',')]
  }
  const env = { PATH: process.env['PATH'] }
  for (let i = 0; i < 3; i++) {
    const p = new Process({ target: names, env }).start()
    expect(new Set(await p.result)).toEqual(new Set(['PATH']))
    await p.join()
  }
})

test('a program that something starts in a child before its bootstrap is a main program all the same', async () => {
  const preload = fileURLToPath(new URL('./fixtures/preloads/starts-a-program.cjs', import.meta.url))
  const p = new Process({
    target: () => process.env['PRINTED'],
    execArgv: ['--require', preload],
    env: { ...process.env, PROGRAM: program('one-process.mjs') },
  }).start()
  expect(await p.result).toBe('42\n')
})

test('a single executable application starts a process only with a binary that it names', async () => {
  const executable = join(folder, 'application')
  await makeExecutable(executable, program('application.cjs'))
  const run = (...args: string[]) => {
    const env = { ...process.env, RUNS: runs, HERE: fileURLToPath(import.meta.url) }
    return promisify(execFile)(executable, args, { env })
  }
  expect((await run()).stdout).toBe('ERR_NOT_SUPPORTED\n')
  expect(toldRuns()).toBe(1)
  expect((await run(process.execPath)).stdout).toBe('2\n')
  expect(toldRuns()).toBe(2)
})
