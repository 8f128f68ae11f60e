/**
 * Every dtype once, through every path of a call. A program does that sooner or later, and V8 then knows that any kind of array
 * may come: what is measured after it is what a user gets, not what a benchmark gets.
 */
import { cube, isNative, square, type Kernel } from 'corepool'

/** Tiny, and large enough for the pool. */
const lengths = [10, 2000, 40_000]

const numbers = [
  Float64Array,
  Float32Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
]
const bigints = [BigInt64Array, BigUint64Array]

async function useAll(kernel: Kernel<[number]>): Promise<void> {
  for (const n of lengths) {
    for (const Numbers of numbers) {
      const xs = new Numbers(n).fill(3)
      kernel(xs, { out: kernel(xs) })
      await kernel.async(xs)
    }
    for (const Bigints of bigints) {
      const xs = new Bigints(n).fill(3n)
      kernel(xs, { out: kernel(xs) })
      await kernel.async(xs)
    }
  }
}

export async function warmUp(): Promise<void> {
  await useAll(square)
  await useAll(cube)
  if (!isNative) console.log('There is no native addon: what follows is plain JavaScript against itself.\n')
}
