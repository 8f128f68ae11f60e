/** A spare child makes the next start fast, and nothing else shows that it exists. */
import { expect, test } from 'vitest'
import { isGoneWithin, isRunning, program, runNode, runProgram, startGroup } from './fixtures/run-program.ts'

const spare = program('spare.mjs')

test('the first spare comes when a process has delivered; it is the next child, and is replaced', async () => {
  expect(await runProgram(spare, 'used')).toMatchObject({ stdout: '0\n0 true\ntrue\n', stderr: '', code: 0 })
})

test.each([
  ['COREPOOL_WARM=0', [], { COREPOOL_WARM: '0' }],
  ['the option warm: false', ['option'], {}],
  ['a preload in NODE_OPTIONS', [], { NODE_OPTIONS: `--require "${program('../preloads/listens.cjs')}"` }],
])('%s leaves no spare', async (_, args, env) => {
  expect(await runNode([spare, 'unused', ...args], env)).toMatchObject({ stdout: '0\n', code: 0 })
})

test('a spare is used only where environment, directory, streams, flags and rights are what it was booted with', async () => {
  expect(await runProgram(spare, 'different')).toMatchObject({
    stdout: [
      'true now true',
      'true now true',
      'true other true',
      'true now true',
      'true now true',
      'true now true',
      '',
    ].join('\n'),
    stderr: '',
  })
})

test('a spare that was killed is not used, though this program has not heard of its end', async () => {
  expect(await runProgram(spare, 'killed')).toMatchObject({ stdout: 'true\n', stderr: '', code: 0 })
})

test('a spare does not keep a program alive, nor outlive it', async () => {
  const { stdout, code } = await runProgram(spare, 'end')
  expect(code).toBe(0)
  expect(await isGoneWithin(Number(stdout), 2_000)).toBe(true)
})

test.each([
  ['with the addon', {}],
  ['without it', { COREPOOL_BINDING: 'none' }],
])('a spare ends with a program that is killed, %s', async (_, env) => {
  const { parent, line } = await startGroup([spare, 'wait'], env)
  expect(isRunning(Number(line))).toBe(true)
  console.log(`kills ${parent.pid}`)
  parent.kill('SIGKILL')
  expect(await isGoneWithin(Number(line), 2_000)).toBe(true)
})
