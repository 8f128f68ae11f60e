/**
 * What a call costs beyond its work: hot, after a pause in which the workers went to sleep, and as a promise. The work is what one
 * thread of the limit probe needs for it, after a pause of its own where the caller made one: what the caches of a core lose meanwhile,
 * most of all to other machines on the same host, is no cost of the call.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { square } from 'corepool'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { freshKernelRepeat } from '../../harness/fresh-functions.ts'
import { copyShare, doubtOfProbe, limitOf, type Probe } from '../../harness/probe.ts'
import { length, type Cell } from '../../harness/report.ts'
import { repeated, type Alternation, type Contender, type Sample } from '../../harness/rounds.ts'
import { differenceOfMedians, median, type Estimate } from '../../harness/statistics.ts'
import { checker, filled } from './subjects.ts'

/** Calls in a sample of those that are timed one by one; the sample is their median. Pauses make some of them long. */
const CALLS = { apart: 20, inARow: 200 }

/** Samples that are taken and not counted, since V8 goes on compiling for the first thousands of calls. */
const UNCOUNTED = 30

/** Milliseconds between two calls, in which every worker gives up spinning. */
const PAUSE = 1

/** Steps of a computation that takes some 20 µs. */
const STEPS = 20_000

const lengths = [1e3, 1e4, 1e5]

interface Arrays {
  readonly xs: Float64Array
  readonly out: Float64Array
}

function arrays(n: number, isShared = false): Arrays {
  const create = (): Float64Array => new Float64Array(isShared ? new SharedArrayBuffer(n * 8) : new ArrayBuffer(n * 8))
  return { xs: filled(create()), out: create() }
}

/** Calls that follow each other at once. */
function hot(name: string, { xs, out }: Arrays): Contender {
  const call = freshKernelRepeat<Float64Array>(square)
  const { sample } = repeated(name, (times) => call(xs, out, times))
  const second = (): Sample | Promise<Sample> => {
    // Not counted: what ran before it was the probe, in the caches of this core.
    void sample()
    return sample()
  }
  return { name, sample: second }
}

/**
 * Computes for as long, in registers as the probe does in its pauses. A loop of `performance.now()` alone would fill the young generation with
 * numbers, half a megabyte in a millisecond: what the caches lose by that is no cost of a call.
 */
function compute(milliseconds: number): number {
  const until = performance.now() + milliseconds
  let value = 1
  while (performance.now() < until) for (let step = 0; step < STEPS; step++) value = Math.imul(value, 1103515245) + 1
  return value
}

/** Calls after a pause that the caller spends computing: it is awake, its workers are not. */
function parked(name: string, { xs, out }: Arrays): Contender {
  const sample = (): number => {
    const took = Array.from({ length: CALLS.apart }, () => {
      compute(PAUSE)
      const start = performance.now()
      square(xs, { out })
      return performance.now() - start
    })
    return median(took) * 1e6
  }
  return { name, sample }
}

/** Awaited calls; nothing else is pending, so the event loop sleeps until a worker wakes it. After a pause the workers sleep too. */
function awaited(name: string, { xs, out }: Arrays, pause: number): Contender {
  const calls = pause > 0 ? CALLS.apart : CALLS.inARow
  const sample = async (): Promise<number> => {
    const took: number[] = []
    for (let i = 0; i < calls; i++) {
      if (pause > 0) await sleep(pause)
      const start = performance.now()
      await square.async(xs, { out })
      took.push(performance.now() - start)
    }
    return median(took) * 1e6
  }
  return { name, sample }
}

/** A way to call, and the elements whose work is taken off. */
interface Way {
  readonly name: string
  readonly n: number
  readonly contender: (name: string, n: number) => Contender
  /** The caller computed something else before each call, and so does the probe. */
  readonly isPaused?: true
  /** Its bar; of several ways with one bar the dearest is the figure. */
  readonly bar?: string
}

/** Calls while the workers are parked. */
const afterPauses = (n: number): Way => ({
  name: 'parked workers',
  n,
  contender: (name) => parked(name, arrays(n)),
  isPaused: true,
  bar: 'core/call-parked',
})

const ways: readonly Way[] = [
  { name: 'hot', n: 1e3, contender: (name, n) => hot(name, arrays(n)), bar: 'core/call-hot' },
  { name: 'hot', n: 1e5, contender: (name, n) => hot(name, arrays(n)) },
  afterPauses(1e3),
  afterPauses(1e5),
  { name: 'await', n: 1e4, contender: (name, n) => awaited(name, arrays(n, true), 0), bar: 'core/async-round-trip' },
  { name: 'await, parked workers', n: 1e4, contender: (name, n) => awaited(name, arrays(n, true), PAUSE) },
  { name: 'await, ordinary arrays', n: 1e4, contender: (name, n) => awaited(name, arrays(n), 0) },
]

interface Cost {
  readonly title: string
  readonly bar: string | undefined
  readonly estimate: Estimate
  readonly doubts: ReadonlyArray<string | undefined>
}

/** Microseconds beyond the work; without a probe the work counts as nothing. */
function beyond(rounds: Alternation, work: Alternation | undefined, name: string): Estimate {
  const taken = rounds.of(name).map((nanoseconds) => nanoseconds / 1e3)
  const limit = work === undefined ? taken.map(() => 0) : limitOf('square', work.samples).samples
  return differenceOfMedians(taken, work === undefined ? limit : limit.map((nanoseconds) => nanoseconds / 1e3))
}

export async function callCosts(bench: Bench): Promise<void> {
  const check = checker<Float64Array>('v * v', false)
  for (const n of lengths) {
    const { xs, out } = arrays(n)
    check('square', xs, out, () => void square(xs, { out }))
  }
  const probe: Probe | null = await bench.startProbe(lengths, { threads: 1 })
  const costs: Cost[] = []
  const rows: Cell[][] = []
  try {
    for (const { name, n, contender, isPaused, bar } of ways) {
      const title = `${name}, n = ${length(n)}`
      const call = contender(title, n)
      for (let i = 0; i < bench.choose(1, UNCOUNTED); i++) await call.sample()
      const limit = probe && { name: 'probe', sample: () => (isPaused ? probe.paused(n) : probe.round(n)) }
      const rounds = await bench.compare(limit === null ? [call] : [limit, call])
      const estimate = beyond(rounds, probe === null ? undefined : rounds, title)
      const probeDoubt =
        probe === null ? 'no limit probe says what the work costs' : doubtOfProbe(copyShare(rounds.samples))
      costs.push({ title, bar, estimate, doubts: [doubtOf(rounds), probeDoubt] })
      rows.push([title, median(rounds.of(title)) / 1e3, estimate.value, estimate.low, estimate.high])
    }
  } finally {
    await probe?.end()
  }
  bench.table({
    title: `square, float64, microseconds a call${probe === null ? '' : ', and those beyond the work'}`,
    columns: ['', 'call', 'beyond the work', 'low', 'high'],
    rows,
  })
  for (const bar of new Set(costs.map((cost) => cost.bar))) {
    const [dearest] = costs.filter((cost) => cost.bar === bar).toSorted((a, b) => b.estimate.value - a.estimate.value)
    if (bar !== undefined && dearest !== undefined)
      bench.figure(bar, dearest.estimate, dearest.title, ...dearest.doubts)
  }
}
