import type { NumericArray } from 'corepool'

/** The memory of an array as bytes. */
function bytesOf(array: NumericArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** The index of the first element whose bits differ; -1 when the two arrays are the same, bit for bit. */
export function firstDifference(actual: NumericArray, expected: NumericArray): number {
  if (actual.constructor !== expected.constructor || actual.length !== expected.length) return 0
  const [a, b] = [bytesOf(actual), bytesOf(expected)]
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return Math.floor(i / actual.BYTES_PER_ELEMENT)
  }
  return -1
}
