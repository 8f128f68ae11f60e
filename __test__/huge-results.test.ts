import { square } from 'corepool'
import { expect, test } from 'vitest'

// Longer than any external memory of Node 20, which frees it and refuses it.
test('an asynchronous result of more than 4 GiB arrives', { timeout: 120_000 }, async () => {
  const length = 2 ** 29 + 8
  // Untouched memory takes none: what is read is the system's page of zeros.
  const ys = await square.async(new Float64Array(new SharedArrayBuffer(8 * length)))
  expect([ys.length, ys[0], ys.at(-1)]).toEqual([length, 0, 0])
})
