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

/** Squares of an Int16 column would wrap (1444 * 1444 does not fit), so they are stored as float64. */
const dtype = 'float64'
type Progress = { onProgress: (done: number) => void }

const jobs = [
  {
    name: 'delay²',
    length: delay.length,
    onPool: (progress: Progress) => square.async(delay, { dtype, ...progress }),
    plain: () => squareInt16(delay),
  },
  {
    name: 'delay³',
    length: delay.length,
    onPool: (progress: Progress) => cube.async(delay, { dtype, ...progress }),
    plain: () => cubeInt16(delay),
  },
  {
    name: 'distance²',
    length: distance.length,
    onPool: (progress: Progress) => square.async(distance, { dtype, ...progress }),
    plain: () => squareInt16(distance),
  },
  {
    name: 'distance³',
    length: distance.length,
    onPool: (progress: Progress) => cube.async(distance, { dtype, ...progress }),
    plain: () => cubeInt16(distance),
  },
  {
    name: 'time²',
    length: time.length,
    onPool: (progress: Progress) => square.async(time, progress),
    plain: () => squareFloat32(time),
  },
  {
    name: 'time³',
    length: time.length,
    onPool: (progress: Progress) => cube.async(time, progress),
    plain: () => cubeFloat32(time),
  },
  {
    name: 'large²',
    length: large.length,
    onPool: (progress: Progress) => square.async(large, progress),
    plain: () => squareFloat64(large),
  },
  {
    name: 'large³',
    length: large.length,
    onPool: (progress: Progress) => cube.async(large, progress),
    plain: () => cubeFloat64(large),
  },
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
