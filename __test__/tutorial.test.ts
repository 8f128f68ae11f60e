/** The two programs of the tutorial, run as a newcomer runs them. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram } from './fixtures/run-program.ts'

function example(name: string): string {
  return fileURLToPath(new URL(`../build/examples/${name}.js`, import.meta.url))
}

test('two processes print the square and the cube of ten, and the main program is done last', async () => {
  const { code, stdout, stderr } = await runProgram(example('square-and-cube'))

  const lines = stdout.trimEnd().split('\n')
  expect(lines.slice(0, 2).toSorted()).toEqual(['Cube: 1000', 'Square: 100'])
  expect(lines.slice(2)).toEqual(['Done!'])
  expect(stderr).toBe('')
  expect(code).toBe(0)
})

test('each process has an id of its own, the same seen from inside and outside, and is not alive when it has ended', async () => {
  const { code, stdout, stderr } = await runProgram(example('process-ids'))

  const id = (what: string): string | undefined => new RegExp(`^ID of ${what}: (\\d+)$`, 'm').exec(stdout)?.[1]
  const ids = [id('main process'), id('process p1'), id('process p2')]
  expect(ids).not.toContain(undefined)
  expect(new Set(ids).size).toBe(3)
  expect(id('process running worker1')).toBe(id('process p1'))
  expect(id('process running worker2')).toBe(id('process p2'))

  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(8)
  expect(lines[0]).toMatch(/^ID of main process/)
  expect(lines.slice(5)).toEqual([
    'Both processes finished execution!',
    'Process p1 is alive: false',
    'Process p2 is alive: false',
  ])
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
