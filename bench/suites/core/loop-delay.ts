/**
 * How late the event loop is while a large asynchronous call runs: by ticks of a timer, from the moment when the call has returned
 * its promise until that settles. (Node's own monitor leaves out the first tick of each time that it is enabled.) What the call does before it returns (copying an ordinary operand) is in the table beside it.
 */
import { freemem } from 'node:os'
import { square } from 'corepool'
import type { Bench } from '../../harness/bench.ts'
import { freshCheck } from '../../harness/fresh-functions.ts'
import { length, type Cell } from '../../harness/report.ts'
import { median, quantile } from '../../harness/statistics.ts'
import { filled } from './subjects.ts'

/** Ticks that a percentile of 99 needs, and the most calls that it may take. */
const TICKS = 400
const CALLS = 12

/** Milliseconds by which each tick of a timer of 1 ms came late, from now until the returned function is called. */
function startTicking(): () => readonly number[] {
  const late: number[] = []
  let due = performance.now() + 1
  let timer: NodeJS.Timeout
  const tick = (): void => {
    late.push(Math.max(0, performance.now() - due))
    due = performance.now() + 1
    timer = setTimeout(tick, 1)
  }
  timer = setTimeout(tick, 1)
  return () => {
    clearTimeout(timer)
    // One that is overdue was kept waiting too.
    if (performance.now() > due) late.push(performance.now() - due)
    return late
  }
}

/** Calls over one operand, which may be another array after each. */
interface Subject {
  readonly operand: () => Float64Array
  readonly call: () => Promise<Float64Array>
}

function ofShared(n: number): Subject {
  const create = (): Float64Array => new Float64Array(new SharedArrayBuffer(n * 8))
  const [xs, out] = [filled(create()), create()]
  return { operand: () => xs, call: () => square.async(xs, { out }) }
}

function ofTransferred(n: number): Subject {
  let [xs, out]: [Float64Array, Float64Array] = [filled(new Float64Array(n)), new Float64Array(n)]
  return {
    operand: () => xs,
    async call() {
      const transfer: [Float64Array, Float64Array] = [xs, out]
      const values = await square.async(xs, { out, transfer })
      ;[xs, out] = transfer
      return values
    },
  }
}

function ofOrdinary(n: number): Subject {
  const xs = filled(new Float64Array(n))
  return { operand: () => xs, call: () => square.async(xs) }
}

/** Where the arrays of a call are, and how many of that length the process then needs. */
const kinds = [
  { kind: 'shared', arrays: 2, subject: ofShared },
  { kind: 'transferred', arrays: 2, subject: ofTransferred },
  { kind: 'ordinary', arrays: 4, subject: ofOrdinary },
]

interface Delay {
  readonly late: readonly number[]
  readonly starts: readonly number[]
  readonly calls: readonly number[]
}

async function delayOf({ operand, call }: Subject): Promise<Delay> {
  const [late, starts, calls]: [number[], number[], number[]] = [[], [], []]
  const firstWrong = freshCheck<Float64Array>('v * v', false)
  for (let i = 0; i < CALLS && late.length < TICKS; i++) {
    const start = performance.now()
    const pending = call()
    starts.push(performance.now() - start)
    const stop = startTicking()
    const values = await pending
    late.push(...stop())
    calls.push(performance.now() - start)
    const wrong = i === 0 ? firstWrong(operand(), values) : -1
    if (wrong !== -1 || values.length !== operand().length)
      throw new Error(`square.async gives a wrong value at ${wrong}`)
  }
  return { late, starts, calls }
}

export async function loopDelay(bench: Bench): Promise<void> {
  const n = bench.choose(1e6, 1e8)
  const rows: Cell[][] = []
  for (const { kind, arrays, subject } of kinds) {
    const bar = `core/loop-delay-${kind}`
    const needed = arrays * n * 8
    if (needed > freemem() * 0.8) {
      bench.missed([bar], `it needs ${(needed / 2 ** 30).toFixed(1)} GB of memory`)
      continue
    }
    const calling = subject(n)
    // Once beforehand: the first call touches the output.
    await calling.call()
    const { value, doubt } = await bench.watch(() => delayOf(calling))
    const { late, starts, calls } = value
    const [p50, p99, max, ticks] = [quantile(late, 0.5), quantile(late, 0.99), quantile(late, 1), late.length]
    rows.push([kind, p50, p99, max, ticks, median(starts), median(calls)])
    bench.figure(bar, { value: p99, low: p50, high: max, samples: ticks }, `p50 … max of ${ticks} ticks`, doubt)
  }
  bench.table({
    title: `Delay of the event loop while square.async runs, n = ${length(n)}, float64, milliseconds`,
    columns: ['arrays', 'p50', 'p99', 'max', 'ticks', 'start of a call', 'a call'],
    rows,
  })
}
