/**
 * Writes src/kernel/loops.generated.ts: the plain-JavaScript loops, once for each dtype.
 *
 * They are generated because they must be distinct functions: a loop that has seen several dtypes becomes megamorphic and
 * runs 45 to 115 times slower. With `--check` nothing is written; the exit status says whether the file is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { numberArrays } from './number-arrays.mjs'

const file = new URL('../src/kernel/loops.generated.ts', import.meta.url)

const bigintArrays = { int64: 'BigInt64Array', uint64: 'BigUint64Array' }
/** What each operation computes of its parameters; `bigints` where that is defined for them. */
const operations = {
  square: { parameters: ['x'], expression: (x) => `${x} * ${x}`, bigints: true },
  cube: { parameters: ['x'], expression: (x) => `${x} * ${x} * ${x}`, bigints: true },
  add: { parameters: ['x', 'y'], expression: (x, y) => `${x} + ${y}`, bigints: true },
  sub: { parameters: ['x', 'y'], expression: (x, y) => `${x} - ${y}`, bigints: true },
  mul: { parameters: ['x', 'y'], expression: (x, y) => `${x} * ${y}`, bigints: true },
  div: { parameters: ['x', 'y'], expression: (x, y) => `${x} / ${y}`, bigints: false },
}

/** The first line of a function, broken as the formatter breaks it. */
function header(name, parameters) {
  const line = `function ${name}(${parameters.join(', ')}): void {`
  return line.length <= 120 ? line : `function ${name}(\n${parameters.map((one) => `  ${one},\n`).join('')}): void {`
}

const capital = (name) => name[0].toUpperCase() + name.slice(1)
const parts = []

/** The dtypes in which an operation has a loop of its own. */
const dtypesOf = ({ bigints }) => Object.entries({ ...numberArrays, ...(bigints ? bigintArrays : {}) })

for (const [name, operation] of Object.entries(operations)) {
  const { parameters, expression } = operation
  const values = parameters.map((_, n) => ['v', 'w'][n])
  for (const [dtype, array] of dtypesOf(operation)) {
    const element = dtype in bigintArrays ? 'bigint' : 'number'
    const typed = ['output', ...parameters].map((parameter) => `${parameter}: ${array}`)
    parts.push(`${header(`${name}${capital(dtype)}`, ['start: number', 'end: number', ...typed])}
  for (let i = start; i < end; i++) {
${parameters.map((x, n) => `    const ${values[n]} = ${x}[i] as ${element}\n`).join('')}    output[i] = ${expression(...values)}
  }
}`)
  }
  parts.push(`function ${name}Doubles(count: number, output: Float64Array, at: number, operands: Operands, starts: Starts): void {
${parameters.map((x, n) => `  const ${x} = operands[${n}] as Float64Array\n  const ${x}Start = starts[${n}] as number\n`).join('')}  for (let i = 0; i < count; i++) {
${parameters.map((x, n) => `    const ${values[n]} = ${x}[${x}Start + i] as number\n`).join('')}    output[at + i] = ${expression(...values)}
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

const text = `/**
 * The plain-JavaScript loops, one function a dtype, so that each access site sees one kind of array.
 * Written by scripts/generate-loops.mjs; do not edit.
 */

/** Float16Array, where the runtime has it. */
interface Float16Like {
  readonly length: number
  [index: number]: number
}

/** Elements of each operand, and where the first of them is. */
type Operands = readonly Float64Array[]
type Starts = readonly number[]

${parts.join('\n\n')}

/** One dtype in and out: elements \`start\` to \`end\` of the output from those of each operand. */
export const direct = {
${Object.entries(operations)
  .map(
    ([name, operation]) =>
      `  ${name}: ${table(
        name,
        dtypesOf(operation).map(([dtype]) => dtype),
      )},`,
  )
  .join('\n')}
} as const

/** On doubles: \`count\` results, from index \`at\` of the output on. */
export const onDoubles = {
${Object.keys(operations)
  .map((name) => `  ${name}: ${name}Doubles,`)
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
