/** Compiled programs are kept by their text: what a kernel is made of, and bound to, is not. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { kernel } from 'corepool'
import { expect, test } from 'vitest'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Resolves when the target is gone; the test's own time limit ends a wait for one that is kept. */
async function gone(reference: WeakRef<object>): Promise<void> {
  while (reference.deref() !== undefined) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
}

interface Parts {
  readonly kernel: WeakRef<object>
  readonly fn: WeakRef<object>
  readonly table: WeakRef<object>
  readonly operand: WeakRef<object>
}

/** A kernel that was used in every way, and of which only weak references are left. */
function useOnce(k: number): Parts {
  const fn = (v: number): number => v * 2 + k
  const table = Float64Array.from({ length: 1000 }, (_, i) => i)
  const operand = new Float64Array(2000).fill(3)
  const f = kernel('(x) => lut[x] + fn(x) - lut.length', { bindings: { lut: table, fn, k } })
  expect(f(operand)).toEqual(new Float64Array(2000).fill(3 + 6 + k - 1000))
  expect(f(3)).toBe(9 + k - 1000)
  return { kernel: new WeakRef(f), fn: new WeakRef(fn), table: new WeakRef(table), operand: new WeakRef(operand) }
}

test('a kernel that nobody has any more keeps no array and no function', async () => {
  for (let k = 0; k < 3; k++) {
    const parts = useOnce(k)
    for (const part of Object.values(parts) as WeakRef<object>[]) await gone(part)
  }
})

test('thousands of texts leave the memory of a few', () => {
  const measure = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const make = (from: number, count: number): void => {
    for (let k = from; k < from + count; k++) kernel(`x * ${k} + Math.sqrt(x)`)(Float64Array.of(1))
  }
  make(0, 600)
  const before = measure()
  make(600, 2000)
  expect(measure() - before).toBeLessThan(8e6)
})
