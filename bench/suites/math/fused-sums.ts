/** A sum fused with the expression that it sums, against the loop that does both: one pass, no array between. */
import { cores, kernel } from 'corepool'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { fresh } from '../../harness/fresh-functions.ts'
import { limitOf } from '../../harness/probe.ts'
import { length, type Cell } from '../../harness/report.ts'
import { repeated } from '../../harness/rounds.ts'
import { median, ratioOfMedians, type Estimate } from '../../harness/statistics.ts'
import { random } from './function-loops.ts'

const LOOP = `let last = 0
  for (let k = 0; k < times; k++) { let s = 0; for (let i = 0; i < xs.length; i++) { const d = xs[i] - ys[i]; s += d * d } last = s }
  return last`

type Repeat = (xs: Float64Array, ys: Float64Array, times: number) => number

interface Point {
  readonly n: number
  readonly speed: Estimate
  readonly doubt: string | undefined
}

export async function fusedSums(bench: Bench): Promise<void> {
  const squaredDistance = kernel('(x, y) => (x - y) * (x - y)')
  const rows: Cell[][] = []
  const short: Point[] = []
  for (const n of bench.choose([1e5], [1e5, 1e6, 1e7])) {
    const [xs, ys] = [random([-4, 4], n, 7), random([-4, 4], n, 8)]
    const loop = fresh(LOOP, ['xs', 'ys', 'times']) as Repeat
    const [found, expected] = [squaredDistance.sum(xs, ys), loop(xs, ys, 1)]
    if (!(Math.abs(found - expected) <= 1e-12 * expected)) throw new Error(`another sum of (x − y)², n = ${n}`)
    const calls = (times: number): void => {
      for (let i = 0; i < times; i++) squaredDistance.sum(xs, ys)
    }
    const probe = n === 1e7 ? await bench.startProbe([n], { reads: true }) : null
    const limit = probe === null ? [] : [{ name: 'probe', sample: () => probe.round(n) }]
    const ours = [repeated('sum', calls), repeated('loop', (times) => void loop(xs, ys, times))]
    const rounds = await bench.compare([...limit, ...ours]).finally(() => probe?.end())
    const speed = ratioOfMedians(rounds.of('loop'), rounds.of('sum'))
    rows.push([length(n), median(rounds.of('sum')) / n, median(rounds.of('loop')) / n, speed.value])
    if (probe !== null) {
      // What a sum could be at most: the loop against reading both arrays, and nothing else.
      const { stores, samples } = limitOf('read', rounds.samples)
      const most = ratioOfMedians(rounds.of('loop'), samples).value
      rows.push([`${length(n)}, reading alone (probe, ${stores})`, median(samples) / n, '', most])
    }
    if (n === 1e7) bench.figure('math/fused-sum-1e7', speed, cores.topology().simd, doubtOf(rounds))
    else short.push({ speed, n, doubt: doubtOf(rounds) })
  }
  if (bench.smoke) bench.missed(['math/fused-sum-1e7'], 'a smoke run measures no long array')
  const [lowest] = short.toSorted((a, b) => a.speed.value - b.speed.value)
  if (lowest !== undefined)
    bench.figure('math/fused-sum', lowest.speed, `lowest: n = ${length(lowest.n)}`, lowest.doubt)
  bench.table({
    title: `Sum of (x − y)², fused, ${cores.size} threads, ns an element, Node ${process.versions.node}, ${cores.topology().simd}`,
    columns: ['n', 'sum', 'loop', '× loop'],
    rows,
  })
}
