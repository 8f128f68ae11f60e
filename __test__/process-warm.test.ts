/**
 * The warm spare: a child that waits, booted, for the next Process. It is looked at from outside, in programs of their own: each
 * prints what it saw.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { isGoneWithin, isRunning, program, runNode, startProgram } from './fixtures/run-program.ts'

const warm = program('warm-spare.mjs')

async function seen(scenario: string, env: NodeJS.ProcessEnv = {}, flags: readonly string[] = []): Promise<unknown> {
  const { code, stdout, stderr } = await runNode([...flags, warm, scenario], env)
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

test('there is none before a first Process has delivered, then one, which the next Process is', async () => {
  expect(await seen('used')).toEqual({ beforeFirst: 0, afterFirst: 1, isTheSpare: true, result: 49 })
})

test('a Process that says warm: false neither uses one nor leaves one', async () => {
  expect(await seen('declined')).toEqual({ left: 0, isTheSpare: false, stillThere: true })
})

test('one that was given to a start() which then throws is ended, and the next Process starts another', async () => {
  const refused = { thrown: 'no such listener', isTheSpare: false, result: 49 }
  expect(await seen('refusedListener')).toEqual(refused)
})

test('there is none, and nothing is thrown, where the program refuses the listener for its own exit', async () => {
  expect(await seen('refusedExitListener')).toEqual({ spares: 0 })
})

test('COREPOOL_WARM=0 says so for all', async () => {
  expect(await seen('afterOne', { COREPOOL_WARM: '0' })).toEqual({ spares: 0 })
})

test('there is none where other code is preloaded into children', async () => {
  const preload = new URL('./fixtures/preloads/listens.cjs', import.meta.url).pathname
  expect(await seen('afterOne', { NODE_OPTIONS: `--require=${preload}` })).toEqual({ spares: 0 })
})

test('there is one where NODE_OPTIONS says no more than how to debug the program', async () => {
  expect(await seen('afterOne', { NODE_OPTIONS: '--inspect-port=0' })).toEqual({ spares: 1 })
})

test('it is used only where environment, directory, flags and streams are what it was booted with', async () => {
  expect(await seen('surroundings')).toEqual({
    env: false,
    cwd: false,
    execArgv: false,
    stdio: false,
    changedEnvironment: false,
    changedDirectory: false,
    same: true,
  })
})

test('it is not used in a directory that was made again, or that a link has left', async () => {
  expect(await seen('replacedDirectory')).toEqual({
    results: ['first', 'first', 'made again', 'by a link'],
    missing: ['ERR_SPAWN_FAILED', 'ENOENT'],
  })
})

test('there is none in a worker_thread, which would leave a zombie', async () => {
  expect(await seen('inThreads')).toEqual({ left: 0 })
})

test('it shows the environment, the name and the arguments of its Process, and nothing of the one before', async () => {
  expect(await seen('invisible')).toEqual({ name: 'second', variable: 'as it is', argv: 2, left: [], active: 0 })
})

test('no code of a user runs in a child that has run another: each Process has a pid of its own', async () => {
  expect(await seen('pids')).toEqual({ processes: 6, pids: 6, leftovers: 0 })
})

test('it does not keep the program alive, and ends with it', async () => {
  const { code, stdout } = await runNode([warm, 'leaves'])
  expect(code).toBe(0)
  expect(await isGoneWithin(Number(stdout), 2_000)).toBe(true)
})

test('it ends when nobody has used it for ten seconds', async () => {
  const { parent, line } = await startProgram(warm, 'stays')
  const begun = performance.now()
  // Waits for another process without working meanwhile.
  await once(spawn('tail', [`--pid=${line}`, '-f', '/dev/null']), 'exit')
  expect(performance.now() - begun).toBeLessThan(15_000)
  expect(isRunning(Number(line))).toBe(false)
  expect(isRunning(Number(parent.pid))).toBe(true)
  parent.kill('SIGKILL')
})

test('the next boots in the background when one was used', async () => {
  expect(await seen('refilled')).toEqual({ spares: 3, areAllUsed: true })
})

test('it ends with a program that is killed', async () => {
  const { parent, line } = await startProgram(warm, 'stays')
  parent.kill('SIGKILL')
  expect(await isGoneWithin(Number(line), 2_000)).toBe(true)
})

test('one that was killed is not given away', async () => {
  expect(await seen('killed')).toEqual({ isTheSpare: false, result: 49 })
})

test('one that cannot be looked at, as no descriptor is left, is ended and does not keep the program alive', async () => {
  const command = `ulimit -n 64; exec "${process.execPath}" "${warm}" unchecked`
  const { stdout, stderr } = await promisify(execFile)('/bin/sh', ['-c', command])
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({ code: 'ERR_SPAWN_FAILED', held: 0, result: 49 })
})

test('there is none where the permission model keeps this program from looking at it', async () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
  const root = fileURLToPath(new URL('..', import.meta.url))
  const readable = [root, process.execPath].map((path) => `--allow-fs-read=${path}`)
  const flags = [flag, ...readable, '--allow-child-process', '--allow-addons', '--allow-worker', '--no-warnings']
  expect(await seen('withoutProc', {}, flags)).toEqual({ results: [49, 49, 49, 49], held: 0 })
})
