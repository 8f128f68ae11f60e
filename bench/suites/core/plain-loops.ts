/** Square and cube into an array that exists, against the plain JavaScript loop, at every length. */
import { freemem } from 'node:os'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { bestLoop, freshKernelRepeat, type Floats } from '../../harness/fresh-functions.ts'
import { length, type Cell } from '../../harness/report.ts'
import { repeated, type Alternation } from '../../harness/rounds.ts'
import { median, ratioOfMedians, type Estimate } from '../../harness/statistics.ts'
import { checker, filled, subjects, type Subject } from './subjects.ts'

const lengths = [3, 4, 5, 6, 7].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)).concat(1e8)

/** Two arrays may take this share of the memory that is free. */
const MEMORY = 0.5

interface Dtype {
  readonly name: 'float64' | 'float32'
  readonly bytes: number
  readonly create: (n: number) => Floats
}

const dtypes: readonly Dtype[] = [
  { name: 'float64', bytes: 8, create: (n) => new Float64Array(n) },
  { name: 'float32', bytes: 4, create: (n) => new Float32Array(n) },
]

interface Point {
  readonly n: number
  readonly rounds: Alternation
  /** The loop's time over the kernel's. */
  readonly speed: Estimate
}

/** The kernel and the loop over the first n elements. */
async function compareAt(
  bench: Bench,
  subject: Subject,
  arrays: { readonly xs: Floats; readonly out: Floats },
  wanted: number,
): Promise<Point> {
  const { xs, out } = arrays
  const call = freshKernelRepeat<Floats>(subject.kernel)
  const loop = bestLoop<Floats>(subject.formula, xs, out)
  const check = checker<Floats>(subject.formula, xs instanceof Float32Array)
  const checkAll = (): void => {
    check(subject.name, xs, out, () => call(xs, out, 1))
    check('the loop', xs, out, () => loop(1))
  }
  checkAll()
  const contenders = [repeated('kernel', (times) => call(xs, out, times)), repeated('loop', loop)]
  const rounds = await bench.compare(contenders, wanted)
  checkAll()
  return { n: xs.length, rounds, speed: ratioOfMedians(rounds.of('loop'), rounds.of('kernel')) }
}

async function compareDtype(bench: Bench, dtype: Dtype): Promise<void> {
  const longest = (freemem() * MEMORY) / (2 * dtype.bytes)
  const sizes = bench.choose([1e3, 1e5, 1e6], lengths).filter((n) => n <= longest)
  const most = Math.max(...sizes)
  const [xs, out] = [filled(dtype.create(most)), dtype.create(most)]
  const bar = `core/loop-${dtype.name}`
  let worst: { readonly subject: Subject; readonly point: Point } | undefined
  for (const subject of subjects) {
    const rows: Cell[][] = []
    for (const n of sizes) {
      const arrays = { xs: xs.subarray(0, n), out: out.subarray(0, n) }
      let point = await compareAt(bench, subject, arrays, bench.settings.rounds)
      // The lowest of many figures is mostly noise: one below the bar is measured again, twice as long, and then stands.
      if (point.speed.value < bench.threshold(bar) && !bench.smoke)
        point = await compareAt(bench, subject, arrays, 2 * bench.settings.rounds)
      const { speed, rounds } = point
      rows.push([
        length(n),
        median(rounds.of('kernel')) / n,
        median(rounds.of('loop')) / n,
        speed.value,
        speed.low,
        speed.high,
        rounds.isQuiet ? '' : 'disturbed',
      ])
      if (worst === undefined || speed.value < worst.point.speed.value) worst = { subject, point }
    }
    bench.table({
      title: `${subject.name}, ${dtype.name}, into an array that exists, against the plain loop`,
      columns: ['n', 'kernel ns/element', 'loop ns/element', '× loop', 'low', 'high', ''],
      rows,
    })
  }
  if (worst === undefined) return
  const { subject, point } = worst
  const cap = most < Math.max(...lengths) ? `, no n above ${length(most)}` : ''
  bench.figure(bar, point.speed, `lowest: ${subject.name}, n = ${length(point.n)}${cap}`, doubtOf(point.rounds))
}

/** The same against itself: how far from 1 a ratio may lie without meaning anything. */
async function sameAgainstSame(bench: Bench): Promise<void> {
  const rows: Cell[][] = []
  for (const n of bench.choose([1e5], [1e3, 1e5, 1e7])) {
    const [xs, out] = [filled(new Float64Array(n)), new Float64Array(n)]
    const [subject] = subjects
    if (subject === undefined) return
    const call = freshKernelRepeat<Float64Array>(subject.kernel)
    const loop = bestLoop<Float64Array>(subject.formula, xs, out)
    const kernels = ['kernel A', 'kernel B'].map((name) => repeated(name, (times) => call(xs, out, times)))
    const loops = ['loop A', 'loop B'].map((name) => repeated(name, loop))
    const rounds = await bench.compare([...kernels, ...loops])
    for (const name of ['kernel', 'loop']) {
      const { value, low, high } = ratioOfMedians(rounds.of(`${name} A`), rounds.of(`${name} B`))
      rows.push([`${name}, n = ${length(n)}`, value, low, high, rounds.isQuiet ? '' : 'disturbed'])
    }
  }
  bench.table({ title: 'Noise: a thing against itself (A/A)', columns: ['', 'ratio', 'low', 'high', ''], rows })
}

export async function plainLoops(bench: Bench): Promise<void> {
  await sameAgainstSame(bench)
  for (const dtype of dtypes) await compareDtype(bench, dtype)
}
