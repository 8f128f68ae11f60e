/** A kernel as the target of a Process: how long start() takes before it returns, and how long terminate() takes to end the job. */
import { Process, square } from 'corepool'
import type { Bench } from '../../harness/bench.ts'
import { length, type Cell } from '../../harness/report.ts'
import { middleHalf } from '../../harness/statistics.ts'
import { filled } from './subjects.ts'

const ROUNDS = 15

interface Times {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Starts and terminates the kernel some times over; milliseconds. */
async function timesOf(xs: Float64Array, rounds: number): Promise<Times> {
  const [starts, ends]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const p = new Process({ target: square, args: [xs] })
    const before = performance.now()
    p.start()
    starts.push(performance.now() - before)
    await new Promise((resolve) => setImmediate(resolve))
    const asked = performance.now()
    p.terminate()
    await p.join()
    ends.push(performance.now() - asked)
  }
  return { starts, ends }
}

export async function kernelProcess(bench: Bench): Promise<void> {
  const n = bench.choose(1e6, 5e7)
  const kinds = [
    { kind: 'shared', memory: new SharedArrayBuffer(n * 8) },
    { kind: 'ordinary', memory: new ArrayBuffer(n * 8) },
  ]
  const rows: Cell[][] = []
  for (const { kind, memory } of kinds) {
    const xs = filled(new Float64Array(memory))
    // Once beforehand: the first copy touches memory that is new to the machine.
    await timesOf(xs, 1)
    const { value, doubt } = await bench.watch(() => timesOf(xs, bench.choose(2, ROUNDS)))
    const [start, end] = [middleHalf(value.starts), middleHalf(value.ends)]
    bench.figure(`core/kernel-start-${kind}`, start, 'median', doubt)
    bench.figure(`core/kernel-end-${kind}`, end, 'median', doubt)
    rows.push([kind, start.value, start.high, end.value, end.high])
  }
  bench.table({
    title: `square as the target of a Process, n = ${length(n)}, float64, milliseconds`,
    columns: ['arrays', 'start()', 'high', 'terminate() to end', 'high'],
    rows,
  })
}
