/** What a call of a compiled kernel costs beyond one of a built-in that computes the same. */
import { kernel, mul, square, type Kernel } from 'corepool'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { fresh } from '../../harness/fresh-functions.ts'
import type { Cell } from '../../harness/report.ts'
import { repeated, type Contender } from '../../harness/rounds.ts'
import { differenceOfMedians, median, type Estimate } from '../../harness/statistics.ts'

const pairs = [
  { name: 'x * x', builtIn: square as Kernel, compiled: kernel((x: number) => x * x) as Kernel, operands: 1 },
  { name: 'x * y', builtIn: mul as Kernel, compiled: kernel((x: number, y: number) => x * y) as Kernel, operands: 2 },
]

function contender(name: string, called: Kernel, operands: number, n: number): Contender {
  const given = Array.from({ length: operands }, (_, k) => `x${k}`)
  const call = fresh(`for (let k = 0; k < times; k++) kernel(${given.join(', ')}, { out })`, [
    'kernel',
    'times',
    'out',
    ...given,
  ])
  const out = new Float64Array(n)
  const arrays = given.map((_, k) => Float64Array.from({ length: n }, (__, i) => i / 7 - k))
  return repeated(name, (times) => void call(called, times, out, ...arrays))
}

export async function callCosts(bench: Bench): Promise<void> {
  const rows: Cell[][] = []
  let worst: { readonly where: string; readonly above: Estimate; readonly doubt: string | undefined } | undefined
  for (const { name, builtIn, compiled, operands } of pairs) {
    for (const n of bench.choose([1e3], [10, 1e3])) {
      const rounds = await bench.compare([
        contender('built-in', builtIn, operands, n),
        contender('compiled', compiled, operands, n),
      ])
      const microseconds = (of: string): number[] => rounds.of(of).map((nanoseconds) => nanoseconds / 1e3)
      const above = differenceOfMedians(microseconds('compiled'), microseconds('built-in'))
      const where = `${name}, n = ${n}`
      rows.push([
        where,
        median(microseconds('built-in')),
        median(microseconds('compiled')),
        above.value,
        above.low,
        above.high,
      ])
      if (worst === undefined || above.value > worst.above.value) worst = { where, above, doubt: doubtOf(rounds) }
    }
  }
  bench.table({
    title: 'A call, microseconds',
    columns: ['', 'built-in', 'compiled', 'above', 'low', 'high'],
    rows,
  })
  if (worst !== undefined) bench.figure('kernels/call', worst.above, `most: ${worst.where}`, worst.doubt)
}
