/** What a call costs above the plain loop where there is hardly any work: below a thousand elements. */
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { bestLoop, freshKernelRepeat, type Floats } from '../../harness/fresh-functions.ts'
import type { Cell } from '../../harness/report.ts'
import { repeated, type Alternation } from '../../harness/rounds.ts'
import { differenceOfMedians, median, type Estimate } from '../../harness/statistics.ts'
import { checker, filled, subjects, type Subject } from './subjects.ts'

const lengths = [1, 2, 5, 10, 20, 50, 100, 200, 500]

interface Point {
  readonly rounds: Alternation
  /** The kernel's time less the loop's, in microseconds a call. */
  readonly above: Estimate
}

async function compareAt(bench: Bench, { name, formula, kernel }: Subject, xs: Floats, out: Floats): Promise<Point> {
  const call = freshKernelRepeat<Floats>(kernel)
  const loop = bestLoop<Floats>(formula, xs, out)
  const check = checker<Floats>(formula, xs instanceof Float32Array)
  check(name, xs, out, () => call(xs, out, 1))
  const contenders = [repeated('kernel', (times) => call(xs, out, times)), repeated('loop', loop)]
  const rounds = await bench.compare(contenders)
  check(name, xs, out, () => call(xs, out, 1))
  const microseconds = (contender: string): number[] => rounds.of(contender).map((nanoseconds) => nanoseconds / 1e3)
  return { rounds, above: differenceOfMedians(microseconds('kernel'), microseconds('loop')) }
}

export async function tinyArrays(bench: Bench): Promise<void> {
  const dtypes = [
    { dtype: 'float64', create: (n: number): Floats => new Float64Array(n) },
    { dtype: 'float32', create: (n: number): Floats => new Float32Array(n) },
  ]
  for (const { dtype, create } of dtypes) {
    const rows: Cell[][] = []
    let worst: { readonly where: string; readonly point: Point } | undefined
    for (const subject of subjects) {
      for (const n of bench.choose([10], lengths)) {
        const point = await compareAt(bench, subject, filled(create(n)), create(n))
        const { above, rounds } = point
        const of = (name: string): number => median(rounds.of(name)) / 1e3
        rows.push([`${subject.name}, n = ${n}`, of('kernel'), of('loop'), above.value, above.low, above.high])
        if (worst === undefined || above.value > worst.point.above.value)
          worst = { where: `${subject.name}, n = ${n}`, point }
      }
    }
    bench.table({
      title: `Tiny arrays, ${dtype}, microseconds a call`,
      columns: ['', 'kernel', 'loop', 'above', 'low', 'high'],
      rows,
    })
    if (worst !== undefined)
      bench.figure(`core/tiny-${dtype}`, worst.point.above, `most: ${worst.where}`, doubtOf(worst.point.rounds))
  }
}
