/** Square and cube into an array that exists, against what the machine can do at all. */
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { freshKernelRepeat } from '../../harness/fresh-functions.ts'
import { copyShare, doubtOfProbe, limitOf, type Probe } from '../../harness/probe.ts'
import type { Cell } from '../../harness/report.ts'
import { repeatedWarm, type Contender } from '../../harness/rounds.ts'
import { median, ratioOfMedians } from '../../harness/statistics.ts'
import { checker, filled, subjects } from './subjects.ts'

const lengths = [1e7, 1e5]

/**
 * Calls that are not counted, before those that are. A round of the probe runs two dozen passes over one pair of buffers, the first of
 * each routine uncounted: what it counts finds in the last cache what fits there. So do kernels after a few calls on the same arrays.
 */
const UNCOUNTED = 4

interface Pair {
  readonly contender: Contender
  readonly check: () => void
}

/**
 * Where the arrays of a call come from. As users have them is the way of the bar: the operand is an array of their own, `out` an
 * earlier result of the library, which is huge-page memory from 2 MiB on.
 */
const origins = [
  { name: '', ownOperand: false, ownOutput: true },
  { name: ', out = new Float64Array', ownOperand: false, ownOutput: false },
  { name: ', both earlier results', ownOperand: true, ownOutput: true },
] as const

type Origin = (typeof origins)[number]

function pair(subject: (typeof subjects)[number], n: number, origin: Origin): Pair {
  const { name, formula, kernel } = subject
  const given = filled(new Float64Array(n))
  const xs = origin.ownOperand ? filled(kernel(given)) : given
  const out = origin.ownOutput ? kernel(given) : new Float64Array(n)
  const call = freshKernelRepeat<Float64Array>(kernel)
  const check = checker<Float64Array>(formula, false)
  const title = `${name}${origin.name}`
  return {
    contender: repeatedWarm(title, UNCOUNTED, (times) => call(xs, out, times)),
    check: () => check(title, xs, out, () => call(xs, out, 1)),
  }
}

async function compareWithProbe(bench: Bench, n: number, probe: Probe): Promise<void> {
  const pairs = subjects.flatMap((subject) => origins.map((origin) => pair(subject, n, origin)))
  for (const { check } of pairs) check()
  const limit = { name: 'probe', sample: () => probe.round(n) }
  const rounds = await bench.compare([limit, ...pairs.map(({ contender }) => contender)])
  for (const { check } of pairs) check()

  const share = copyShare(rounds.samples)
  const power = n.toExponential(0).replace('+', '')
  const rows: Cell[][] = (['memcpy', 'copy'] as const).map((operation) => {
    const { stores, samples } = limitOf(operation, rounds.samples)
    return [`${operation} (probe, ${stores})`, median(samples) / n, '', '', '']
  })
  for (const { name } of subjects) {
    const best = limitOf(name, rounds.samples)
    rows.push([`${name} (probe, ${best.stores})`, median(best.samples) / n, '', '', ''])
    const add = (title: string, samples: readonly number[]): void => {
      const { value, low, high } = ratioOfMedians(samples, best.samples)
      rows.push([title, median(samples) / n, value, low, high])
    }
    for (const title of origins.map((origin) => `${name}${origin.name}`)) add(title, rounds.of(`${title} warm`))
    add(`${name}, first call after other work`, rounds.of(`${name} first`))
    const ratio = ratioOfMedians(rounds.of(`${name} warm`), best.samples)
    bench.figure(`core/${name}-out-${power}`, ratio, `probe: ${best.stores}`, doubtOf(rounds), doubtOfProbe(share))
  }
  bench.table({
    title: `Against the limit, n = ${power}, float64, into an array that exists; the probe's copy is ${share.toFixed(2)} of memcpy`,
    columns: ['', 'ns/element', '× probe', 'low', 'high'],
    rows,
  })
}

export async function limits(bench: Bench): Promise<void> {
  const probe = await bench.startProbe(lengths)
  if (probe === null) {
    bench.missed(
      subjects.flatMap(({ name }) => [`core/${name}-out-1e7`, `core/${name}-out-1e5`]),
      bench.missingProbe(),
    )
    return
  }
  try {
    for (const n of lengths) await compareWithProbe(bench, n, probe)
  } finally {
    await probe.end()
  }
}
