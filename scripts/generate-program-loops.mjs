/**
 * Writes src/kernel/program/loops.generated.ts: one loop for each operation of a kernel program, and one gather for each
 * dtype. With `--check` nothing is written; the exit status says whether the file is up to date.
 *
 * Distinct functions, because a loop that has seen several operations or dtypes becomes megamorphic. They use JavaScript's
 * own operators and Math: this is what defines the values of a program.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { numberArrays } from './number-arrays.mjs'

const file = new URL('../src/kernel/program/loops.generated.ts', import.meta.url)

const truthy = 'p !== 0 && p === p'
const numeric = {
  add: 'p + q',
  subtract: 'p - q',
  multiply: 'p * q',
  divide: 'p / q',
  remainder: 'p % q',
  power: 'p ** q',
  minimum: 'min(p, q)',
  maximum: 'max(p, q)',
  less: 'p < q ? 1 : 0',
  lessEqual: 'p <= q ? 1 : 0',
  equal: 'p === q ? 1 : 0',
  notEqual: 'p !== q ? 1 : 0',
  select: `${truthy} ? q : r`,
  negate: '-p',
  not: `${truthy} ? 0 : 1`,
  truthy: `${truthy} ? 1 : 0`,
  bitAnd: 'p & q',
  bitOr: 'p | q',
  bitXor: 'p ^ q',
  bitNot: '~p',
  shiftLeft: 'p << q',
  shiftRight: 'p >> q',
  shiftRightUnsigned: 'p >>> q',
  multiplyInt32: 'imul(p, q)',
  leadingZeros: 'clz32(p)',
  isNaN: 'p !== p ? 1 : 0',
  isFinite: 'p - p === 0 ? 1 : 0',
  isInteger: 'p - p === 0 && trunc(p) === p ? 1 : 0',
  hypot3: 'hypot(p, q, r)',
}
const unary =
  'abs sign floor ceil trunc round sqrt fround f16round sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh ' +
  'exp expm1 log log1p log2 log10 cbrt'
for (const name of unary.split(' ')) numeric[name] = `${name}(p)`
numeric.atan2 = 'atan2(p, q)'
numeric.hypot = 'hypot(p, q)'

const bigint = {
  add: 'p + q',
  subtract: 'p - q',
  multiply: 'p * q',
  negate: '-p',
  bitAnd: 'p & q',
  bitOr: 'p | q',
  bitXor: 'p ^ q',
  bitNot: '~p',
  shiftLeft: 'q > 63n ? 0n : p << q',
}

function loop(expression, element, array) {
  const operands = ['p', 'q', 'r'].filter((operand) => new RegExp(`\\b${operand}\\b`).test(expression))
  const names = { p: 'a', q: 'b', r: 'c' }
  const parameters = new Set(['out', ...operands.map((operand) => names[operand])])
  // Every loop is called with all of its five arguments, whatever it reads of them.
  const head = ['out', 'a', 'b', 'c'].map((name) => `${parameters.has(name) ? '' : '_'}${name}: ${array}`).join(', ')
  const reads = operands.map((operand) => `      const ${operand} = ${names[operand]}[i] as ${element}\n`).join('')
  return `(${head}, count: number): void {
    for (let i = 0; i < count; i++) {
${reads}      out[i] = ${expression}
    }
  }`
}

const table = (operations, element, array) =>
  Object.entries(operations)
    .map(([name, expression]) => `  ${name}${loop(expression, element, array)},`)
    .join('\n')

const text = `/**
 * The loops of kernel programs on blocks of lanes, one function an operation.
 * Written by scripts/generate-program-loops.mjs; do not edit.
 */

import { ownMath } from '../own-math.ts'

/** Float16Array, where the runtime has it. */
interface Float16Like {
  readonly length: number
  [index: number]: number
}

const { abs, sign, floor, ceil, trunc, round, sqrt, fround, min, max, imul, clz32, hypot, atan2 } = ownMath
const { sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh } = ownMath
const { exp, expm1, log, log1p, log2, log10, cbrt } = ownMath
/** Absent before Node 24, where the compiler refuses it. */
const { f16round } = ownMath as unknown as { f16round(value: number): number }

/** On lanes of numbers: out may be a, b or c. */
export const numberLoops = {
${table(numeric, 'number', 'Float64Array')}
} as const

/** On lanes of 64 bits; the store takes the value modulo 2^64. */
export const bigintLoops = {
${table(bigint, 'bigint', 'BigInt64Array')}
} as const

/** Elements of a bound array by the lanes' numbers; NaN where a lane is no index of it. */
export const gatherLoops = {
${Object.entries(numberArrays)
  .map(
    ([dtype, array]) => `  ${dtype}(out: Float64Array, bound: ${array}, index: Float64Array, count: number): void {
    const { length } = bound
    for (let i = 0; i < count; i++) {
      const at = index[i] as number
      out[i] = at >= 0 && at < length && trunc(at) === at ? (bound[at] as number) : NaN
    }
  },`,
  )
  .join('\n')}
} as const
`

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error(
      'src/kernel/program/loops.generated.ts is not what scripts/generate-program-loops.mjs writes: run it and commit.',
    )
    process.exit(1)
  }
} else {
  writeFileSync(file, text)
}
