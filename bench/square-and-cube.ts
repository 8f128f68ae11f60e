/**
 * `npm run bench` without a suite: square and cube against the plain JavaScript loop and `xs.map`, at 1e2 … 1e7 doubles, losing sizes
 * included. Every contender's values are checked before it is timed.
 */
import { availableParallelism, cpus } from 'node:os'
import Benchmark from 'benchmark'
import { cube, isNative, square } from 'corepool'
import { cubeInto, squareInto } from './plain-loops.ts'

const lengths = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7]

/** Seconds for each figure: the package's default of 5 would make this a six-minute run. */
const options: Benchmark.Options = { maxTime: 0.4, minSamples: 5 }

const subjects = [
  { name: 'square', kernel: square, onNumber: (v: number) => v * v, into: squareInto },
  { name: 'cube', kernel: cube, onNumber: (v: number) => v * v * v, into: cubeInto },
]

/** Median nanoseconds of one call. */
function time(name: string, call: () => Float64Array, expected: Float64Array): number {
  const values = call()
  const wrong = values.findIndex((value, i) => !Object.is(value, expected[i]))
  if (wrong !== -1 || values.length !== expected.length)
    throw new Error(`${name} gives wrong values, first at ${wrong}`)
  let last = values
  const bench = new Benchmark(name, () => (last = call()), options).run()
  // benchmark keeps what a body throws to itself, and a body without effect could be optimised away.
  if (bench.error !== undefined) throw bench.error
  if (!Object.is(last[0], expected[0])) throw new Error(`${name} lost its values`)
  const samples = bench.stats.sample.toSorted((a, b) => a - b)
  return (samples[Math.floor(samples.length / 2)] ?? Number.NaN) * 1e9
}

const [cpu] = cpus()
console.log(
  `${cpu?.model ?? 'unknown CPU'}, ${availableParallelism()} CPUs, Node ${process.version}, ${process.platform}-${process.arch}`,
)
console.log(
  `${isNative ? 'native pool' : 'plain JavaScript: there is no native addon'}; float64; nanoseconds an element, median`,
)
console.log(
  'out: into an array that exists; fresh: into a new one. × is how many times faster than the same by a loop.\n',
)

for (const { name, kernel, onNumber, into } of subjects) {
  const rows: Record<string, Record<string, string>> = {}
  for (const n of lengths) {
    const xs = Float64Array.from({ length: n }, (_, i) => (i % 1003) / 7 - 70)
    const out = new Float64Array(n)
    const expected = xs.map((v) => onNumber(v))
    const kernelOut = time(`${name} out`, () => kernel(xs, { out }), expected)
    const loopOut = time('loop out', () => into(xs, out), expected)
    const kernelFresh = time(`${name} fresh`, () => kernel(xs), expected)
    const loopFresh = time('loop fresh', () => into(xs, new Float64Array(n)), expected)
    const map = time('map', () => xs.map(onNumber), expected)
    const each = (nanoseconds: number): string => (nanoseconds / n).toFixed(3)
    rows[`${name} ${n.toExponential(0)}`] = {
      'corepool out': each(kernelOut),
      'loop out': each(loopOut),
      '× out': (loopOut / kernelOut).toFixed(2),
      'corepool fresh': each(kernelFresh),
      'loop fresh': each(loopFresh),
      '× fresh': (loopFresh / kernelFresh).toFixed(2),
      'xs.map': each(map),
      '× map': (map / kernelFresh).toFixed(2),
    }
  }
  console.table(rows)
}
