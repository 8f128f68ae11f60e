/**
 * Squares and cubes columns of real flight data, and one large array, on the pool; checks every value against plain
 * JavaScript, and prints the times of both side by side.
 *
 *   node build/examples/batch-job.js [--elements 50000000] [--flip-a-bit]
 *
 * `--flip-a-bit` spoils one bit of a result, to show that the check would find it.
 */
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { cube, isNative, square, type NumericArray } from 'corepool'
import { firstDifference } from './compare-values.ts'
import { readFlights } from './flights.ts'
import { cubeFloat32, cubeFloat64, cubeInt16, squareFloat32, squareFloat64, squareInt16 } from './plain-loops.ts'

const { values: options } = parseArgs({
  options: { elements: { type: 'string', default: '50000000' }, 'flip-a-bit': { type: 'boolean', default: false } },
})

const { delay, distance, time } = readFlights()
/** In shared memory, which the pool reads in place: asynchronous calls copy ordinary arrays first. */
const large = new Float64Array(new SharedArrayBuffer(8 * Number(options.elements)))
for (let i = 0; i < large.length; i++) large[i] = (i % 1_000_003) / 7 - 5e4

interface Job {
  readonly name: string
  readonly length: number
  readonly onPool: (progress: Progress) => Promise<NumericArray>
  readonly plain: () => NumericArray
}
type Progress = { onProgress: (done: number) => void }

/** The squares and the cubes of a column, stored as `dtype`, and the loops that compute the same in plain JavaScript. */
function powers<Column extends NumericArray>(
  name: string,
  column: Column,
  dtype: 'float64' | 'float32',
  squares: (xs: Column) => NumericArray,
  cubes: (xs: Column) => NumericArray,
): Job[] {
  const { length } = column
  return [
    {
      name: `${name}²`,
      length,
      onPool: (progress) => square.async(column, { dtype, ...progress }),
      plain: () => squares(column),
    },
    {
      name: `${name}³`,
      length,
      onPool: (progress) => cube.async(column, { dtype, ...progress }),
      plain: () => cubes(column),
    },
  ]
}

const jobs = [
  // Squares of an Int16 column would wrap (1444 * 1444 does not fit), so they are stored as float64.
  ...powers('delay', delay, 'float64', squareInt16, cubeInt16),
  ...powers('distance', distance, 'float64', squareInt16, cubeInt16),
  ...powers('time', time, 'float32', squareFloat32, cubeFloat32),
  ...powers('large', large, 'float64', squareFloat64, cubeFloat64),
]

const where = isNative ? 'the native pool' : 'plain JavaScript (no native addon)'
console.log(`\nBatch job on ${where}: ${jobs.length} passes, every value checked against plain JavaScript.`)

const bar = new SingleBar({
  format: '{bar} {percentage}% | {name}',
  hideCursor: true,
  fps: 60,
  noTTYOutput: true,
  notTTYSchedule: 20,
})
const rows: Record<string, Record<string, string | number>> = {}
let wrong = 0
let before = 0
bar.start(
  jobs.reduce((sum, job) => sum + job.length, 0),
  0,
  { name: '' },
)
for (const { name, length, onPool, plain } of jobs) {
  const start = performance.now()
  const actual: NumericArray = await onPool({ onProgress: (done) => bar.update(before + done, { name }) })
  const between = performance.now()
  const expected = plain()
  const end = performance.now()
  before += length

  if (options['flip-a-bit']) flipOneBit(actual)
  const at = firstDifference(actual, expected)
  if (at !== -1) wrong++
  rows[name] = {
    elements: length,
    'corepool, ms': Number((between - start).toFixed(1)),
    'plain loop, ms': Number((end - between).toFixed(1)),
    values: at === -1 ? 'all equal' : `DIFFERENT at ${at}: ${actual[at]} is not ${expected[at]}`,
  }
}
bar.stop()

console.table(rows)
if (wrong > 0) {
  console.error(`${wrong} of ${jobs.length} results differ from plain JavaScript.`)
  process.exitCode = 1
} else {
  console.log('Every value equals that of plain JavaScript.')
}

function flipOneBit(array: NumericArray): void {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
}
