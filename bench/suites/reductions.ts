/** Reductions: the sum against the plain loop at every length, and all others at one. A bar of issue 8. */
import { compileFunction } from 'node:vm'
import { argMin, count, dot, histogram, max, mean, norm, prod, sum, sumExact, variance } from 'corepool'
import { doubtOf, type Bench, type Measurement } from '../harness/bench.ts'
import { length, type Cell } from '../harness/report.ts'
import { repeated } from '../harness/rounds.ts'
import { median, ratioOfMedians } from '../harness/statistics.ts'

const BAR = 'reductions/sum'

/** The length that the bar names. */
const AT = 1e7

/** Values of both signs and many sizes, none of which a sum could hide. */
function values(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => ((i % 1009) - 504) * 2 ** (i % 13) + 0.1)
}

type Repeat = (xs: Float64Array, times: number) => number

/** The plain loop, compiled for one call site and warm, called any number of times. */
function plainSum(xs: Float64Array): (times: number) => void {
  const text = `let last = 0
    for (let k = 0; k < times; k++) { let s = 0; for (let i = 0; i < xs.length; i++) s += xs[i]; last = s }
    return last`
  const loop = compileFunction(text, ['xs', 'times'], { filename: 'bench-sum.js' }) as Repeat
  const expected = loop(xs.subarray(0, 1e5), 200)
  if (expected !== sum(xs.subarray(0, 1e5), { order: 'sequential' })) throw new Error('the loop gives another sum')
  return (times) => void loop(xs, times)
}

function calls(reduce: () => unknown): (times: number) => void {
  return (times) => {
    for (let k = 0; k < times; k++) reduce()
  }
}

async function sums(bench: Bench): Promise<void> {
  const rows: Cell[][] = []
  const sizes = bench.choose([1e3, 1e5], [1e3, 1e4, 1e5, 1e6, AT])
  for (const n of sizes) {
    const xs = values(n)
    const rounds = await bench.compare([
      repeated(
        'sum',
        calls(() => sum(xs)),
      ),
      repeated(
        'plain tree',
        calls(() => sum(xs, { compensated: false })),
      ),
      repeated('loop', plainSum(xs)),
    ])
    const speed = ratioOfMedians(rounds.of('loop'), rounds.of('sum'))
    const each = (name: string): number => median(rounds.of(name)) / n
    rows.push([length(n), each('sum'), each('plain tree'), each('loop'), speed.value, speed.low, speed.high])
    if (n === AT) bench.figure(BAR, speed, `n = ${length(n)}`, doubtOf(rounds))
  }
  if (bench.smoke) bench.missed([BAR], 'a smoke run measures no long array')
  bench.table({
    title: 'Sum of float64, compensated, against the plain loop; ns an element',
    columns: ['n', 'sum', 'plain tree', 'loop', '× loop', 'low', 'high'],
    rows,
  })
}

async function others(bench: Bench): Promise<void> {
  const n = bench.choose(1e4, 1e6)
  const [xs, ys] = [values(n), values(n).toReversed()]
  const reductions: Record<string, () => unknown> = {
    sumExact: () => sumExact(xs),
    mean: () => mean(xs),
    variance: () => variance(xs),
    max: () => max(xs),
    argMin: () => argMin(xs),
    dot: () => dot(xs, ys),
    norm: () => norm(xs),
    prod: () => prod(xs),
    count: () => count(xs),
    histogram: () => histogram(xs, { bins: 100 }),
  }
  const contenders = Object.entries(reductions).map(([name, reduce]) => repeated(name, calls(reduce)))
  const rounds = await bench.compare([...contenders, repeated('loop', plainSum(xs))])
  const each = (name: string): number => median(rounds.of(name)) / n
  bench.table({
    title: `Other reductions, float64, n = ${length(n)}; ns an element, and times as fast as the loop that sums`,
    columns: ['', 'ns/element', '× loop'],
    rows: Object.keys(reductions).map((name) => [name, each(name), each('loop') / each(name)]),
  })
}

export const reductions: readonly Measurement[] = [
  { name: 'sums', run: sums },
  { name: 'other reductions', run: others },
]
