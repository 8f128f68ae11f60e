/** Compiles kernels in a program that has just started, and prints the milliseconds of each kind as JSON. */
import { compileFunction } from 'node:vm'
import { kernel } from 'corepool'

type Numbers = (...values: number[]) => number

/** Functions of a few lines, each with a text of its own. */
const texts = Array.from(
  { length: 40 },
  (_, k) =>
    `(x, y) => { const a = x * ${k + 2}; let s = 0; for (let i = 0; i < 3; i++) s += a * i; return a > y ? s - y : Math.sqrt(y * ${k}) }`,
)

function timed(fn: Numbers): number {
  const start = performance.now()
  kernel(fn)
  return performance.now() - start
}

function timeAll(): number[] {
  return texts.map((text) => timed(compileFunction(`return ${text}`)() as Numbers))
}

const first = timed((x: number) => 3 * x * x + Math.sin(x) + 1)
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number
process.stdout.write(JSON.stringify({ first, new: median(timeAll()), known: median(timeAll()) }))
