/**
 * What tells sloppy from strict functions differs between the runtimes, and a function that changed over on its way to the child would
 * give other numbers without an error: so this file is run on each of them.
 */
import { createRequire } from 'node:module'
import { Process } from 'corepool'
import { expect, test } from 'vitest'

type OfNumber = (number: number) => number
const require = createRequire(import.meta.url)

test.each([
  ['sloppy', 'numbers.cjs', { alias: 5, writeToFrozen: 1, receiver: 2 }],
  ['strict', 'strict-numbers.cjs', { alias: 1, receiver: 1, arrow: 2 }],
])('a function of a %s CommonJS module gives the same number in the child as at home', async (_, file, expected) => {
  const functions = require(`./fixtures/sent-functions/${file}`) as Record<string, OfNumber>
  for (const [name, value] of Object.entries(expected)) {
    const fn = functions[name] as OfNumber
    expect(fn(1), name).toBe(value)
    expect(await new Process({ target: fn, args: [1] }).start().result, name).toBe(value)
  }
})

test('a sloppy function that sends itself while it runs stays sloppy', async () => {
  const { sendItself } = require('./fixtures/sent-functions/numbers.cjs') as {
    sendItself: (send: (() => Promise<number>) | null) => Promise<number>
  }
  expect(await sendItself(() => new Process({ target: sendItself, args: [null] }).start().result)).toBe(2)
})
