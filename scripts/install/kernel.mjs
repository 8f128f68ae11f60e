// A kernel by `import`: prints which engine ran, and a hash of the bytes of every result.
import { createHash } from 'node:crypto'
import { cores, cube, isNative, square } from 'corepool'

const values = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? -i * 1e6 : i / 3))
const arrays = [
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
const hash = createHash('sha256')
for (const kind of [
  ...arrays.map((array) => array.from(values)),
  BigInt64Array.from(values, (v) => BigInt(Math.trunc(v))),
]) {
  for (const kernel of [square, cube]) {
    const results = [kernel(kind), await kernel.async(kind), kernel(kind, { out: kind.slice() })]
    for (const result of results) hash.update(new Uint8Array(result.buffer, result.byteOffset, result.byteLength))
  }
}
let answer = 'native'
try {
  cores.resize(2)
} catch (error) {
  answer = error.message
}
console.log(JSON.stringify({ isNative, hash: hash.digest('hex'), answer }))
