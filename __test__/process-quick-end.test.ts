/** The end of a spare whose target is done: quick in Node with the addon, and Node's own where the target has what that is for. */
import { isNative } from 'corepool'
import { expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

const spare = program('warm-spare.mjs')

test('it ends without Node’s way down, but not where the target has what that is for', async () => {
  const { code, stdout, stderr } = await runNode([spare, 'ends'])
  expect([code, stderr]).toEqual([0, ''])
  // The wish, the exit code that the listeners of 'exit' are told, and whether the way down is another than Node's.
  expect(stdout.split('\n').slice(0, -2)).toEqual([
    `null 3 ${isNative}`,
    'dlopen 3 false',
    'inspector 3 false',
    'worker_threads 3 false',
    'reallyExit 3 false',
    `null 3 ${isNative}`,
  ])
})

test('what a target traces is written to the end', async () => {
  const { code, stdout, stderr } = await runNode([spare, 'traces'])
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual({ isTheSpare: true, tellsOf: true })
})
