/**
 * The end of a child that has nothing left to do: not before that, whatever its target emits. Of a spare it is quick, in Node with the
 * addon, and Node's own where the target has what that is for.
 */
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { isNative, Process } from 'corepool'
import { expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

const spare = program('warm-spare.mjs')

test.each<[string, () => unknown]>([
  [
    'emits the end of the loop while it runs',
    async () => {
      process.emit('beforeExit', 0)
      await new Promise((resolve) => setTimeout(resolve, 1))
      process.exitCode = 5
    },
  ],
  [
    'emits the end of the loop when it is done',
    () => {
      setTimeout(() => {
        process.emit('beforeExit', 0)
        setTimeout(() => (process.exitCode = 5), 1)
      }, 1)
    },
  ],
  [
    'emits its own end when it is done',
    () => {
      setTimeout(() => {
        process.emit('exit', 0)
        setTimeout(() => (process.exitCode = 5), 1)
      }, 1)
    },
  ],
  [
    'emits the loss of its parent',
    async () => {
      process.emit('disconnect')
      await new Promise((resolve) => setTimeout(resolve, 1))
      process.exitCode = 5
    },
  ],
  [
    'goes on once when the loop is at its end, before anybody else hears of that',
    () => {
      process.prependOnceListener('beforeExit', () => setTimeout(() => (process.exitCode = 5), 1))
    },
  ],
  [
    'goes on at the end of the loop, and at the next one',
    () => {
      process.once('beforeExit', () => {
        setTimeout(() => process.once('beforeExit', () => setTimeout(() => (process.exitCode = 5), 1)), 1)
      })
    },
  ],
  [
    'acts when the listeners of its end have run',
    () => {
      const { emit } = process
      process.emit = (...event: unknown[]) => {
        const isHeard = Reflect.apply(emit, process, event)
        if (event[0] === 'exit') process.exitCode = 5
        return isHeard
      }
    },
  ],
])('a child whose target %s ends when nothing is left to do', async (_, fn) => {
  const p = new Process({ target: fn }).start()
  expect(await p.exited).toEqual({ exitCode: 5, signalCode: null })
  expect(await p.result).toBeUndefined()
})

test('a result that is on its way when the target emits its own end, and exits, arrives', async () => {
  const emitsItsEnd = () => {
    setImmediate(() => {
      process.emit('exit', 0)
      process.exit(3)
    })
    return 'x'.repeat(2 ** 24)
  }
  const p = new Process({ target: emitsItsEnd }).start()
  expect((await p.result).length).toBe(2 ** 24)
  expect((await p.exited).exitCode).toBe(3)
})

test('it ends without Node’s way down, but not where the target has what that is for', async () => {
  const { code, stdout, stderr } = await runNode([spare, 'ends'])
  expect([code, stderr]).toEqual([0, ''])
  // The wish, the exit code that the listeners of 'exit' are told, and whether the way down is another than Node's; and then, where the target
  // has not replaced what says so, that Node takes no heap apart.
  expect(stdout.split('\n').slice(0, -2)).toEqual([
    `null 3 ${isNative}`,
    'then at once with 4',
    'dlopen 3 false',
    'then at once with 4',
    'inspector 3 false',
    'then at once with 4',
    'worker_threads 3 false',
    'then at once with 4',
    'reallyExit 3 false',
    `null 3 ${isNative}`,
    'then at once with 4',
  ])
})

test.each<[string, () => unknown]>([
  ['a timer that it has left behind', () => void setTimeout(() => Promise.reject(new Error('of no use')), 1)],
  [
    "a listener of 'exit'",
    () => {
      process.on('exit', () => {
        throw new Error('of no use')
      })
    },
  ],
])('an error that ends a child whose target is done is printed: of %s', async (_, fn) => {
  const p = new Process({ target: fn, stdio: 'pipe' }).start()
  const stderr = text(p.stderr as Readable)
  expect((await p.exited).exitCode).toBe(1)
  expect(await stderr).toContain('Error: of no use')
})

test('what a target traces is written to the end', async () => {
  const { code, stdout, stderr } = await runNode([spare, 'traces'])
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual({ isTheSpare: true, tellsOf: true })
})
