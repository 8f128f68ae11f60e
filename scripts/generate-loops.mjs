/**
 * Writes src/kernel/loops.generated.ts: the plain-JavaScript loops, once for each dtype.
 *
 * They are generated because they must be distinct functions: a loop that has seen several dtypes becomes megamorphic and
 * runs 45 to 115 times slower. With `--check` nothing is written; the exit status says whether the file is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../src/kernel/loops.generated.ts', import.meta.url)

/** The type that stands for Float16Array: TypeScript's library for Node 20 has none. */
const numberArrays = {
  float64: 'Float64Array',
  float32: 'Float32Array',
  float16: 'Float16Like',
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  uint8c: 'Uint8ClampedArray',
  int16: 'Int16Array',
  uint16: 'Uint16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
}
const bigintArrays = { int64: 'BigInt64Array', uint64: 'BigUint64Array' }
const operations = { square: 'v * v', cube: 'v * v * v' }

const capital = (name) => name[0].toUpperCase() + name.slice(1)
const parts = []

for (const [operation, expression] of Object.entries(operations)) {
  for (const [dtype, array] of Object.entries({ ...numberArrays, ...bigintArrays })) {
    const element = dtype in bigintArrays ? 'bigint' : 'number'
    parts.push(`function ${operation}${capital(dtype)}(x: ${array}, y: ${array}, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as ${element}
    y[i] = ${expression}
  }
}`)
  }
  parts.push(`function ${operation}Block(block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const v = block[i] as number
    block[i] = ${expression}
  }
}`)
}
for (const [dtype, array] of Object.entries(numberArrays)) {
  parts.push(`function load${capital(dtype)}(x: ${array}, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}`)
  parts.push(`function store${capital(dtype)}(block: Float64Array, y: ${array}, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}`)
}

const table = (prefix, keys) => `{\n${keys.map((dtype) => `    ${dtype}: ${prefix}${capital(dtype)},`).join('\n')}\n  }`
const all = [...Object.keys(numberArrays), ...Object.keys(bigintArrays)]

const text = `/**
 * The plain-JavaScript loops, one function a dtype, so that each access site sees one kind of array.
 * Written by scripts/generate-loops.mjs; do not edit.
 */

/** Float16Array, where the runtime has it. */
interface Float16Like {
  readonly length: number
  [index: number]: number
}

${parts.join('\n\n')}

/** Same dtype in and out: elements start to end. */
export const direct = {
${Object.keys(operations)
  .map((operation) => `  ${operation}: ${table(operation, all)},`)
  .join('\n')}
} as const

/** On a block of doubles. */
export const onBlock = {
${Object.keys(operations)
  .map((operation) => `  ${operation}: ${operation}Block,`)
  .join('\n')}
} as const

/** Elements widened into a block. */
export const load = ${table('load', Object.keys(numberArrays)).replaceAll('\n  ', '\n')} as const

/** A block stored as JavaScript stores numbers. */
export const store = ${table('store', Object.keys(numberArrays)).replaceAll('\n  ', '\n')} as const
`

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('src/kernel/loops.generated.ts is not what scripts/generate-loops.mjs writes: run it and commit.')
    process.exit(1)
  }
} else {
  writeFileSync(file, text)
}
