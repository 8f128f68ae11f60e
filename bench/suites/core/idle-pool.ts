/** What a pool costs that has nothing to do: CPU, memory, and whether the program ends. */
import type { ChildProcess } from 'node:child_process'
import type { IdleCost } from '../../children/idle.ts'
import type { Bench } from '../../harness/bench.ts'
import { runChild } from '../../harness/children.ts'
import { differenceOfMedians, median } from '../../harness/statistics.ts'

/** Milliseconds in which a program without anything to do must have ended. */
const END = 2000

/** 1 MB + 64 KB a thread. */
const allowance = (threads: number): number => 2 ** 20 + threads * 2 ** 16

/** A timer of the measurement itself costs some 0.01 %: a tenth of a percent is as fine as it can be told. */
const tenths = (percent: number): number => Math.max(0, Math.round(percent * 10) / 10)

interface Outcome extends IdleCost {
  readonly ended: boolean
}

async function idle(what: 'pool' | 'nothing', milliseconds: number): Promise<Outcome> {
  let late: NodeJS.Timeout | undefined
  let ended = true
  const endIfLate = (child: ChildProcess): void => {
    late = setTimeout(() => {
      ended = false
      child.kill('SIGKILL')
    }, END)
  }
  const args = [what, String(milliseconds)]
  const { stdout, code } = await runChild('idle', { args, execArgv: ['--expose-gc'], onOutput: endIfLate })
  clearTimeout(late)
  if (stdout === '') throw new Error(`an idle child ended with ${code} and said nothing`)
  return { ...(JSON.parse(stdout) as IdleCost), ended }
}

export async function idlePool(bench: Bench): Promise<void> {
  const count = bench.choose(1, 6)
  const milliseconds = bench.choose(200, 3000)
  // All at once: they sleep, and what is measured is each one's own.
  const runs = (what: 'pool' | 'nothing'): Array<Promise<Outcome>> =>
    Array.from({ length: count }, () => idle(what, milliseconds))
  const [pools, others] = await Promise.all([Promise.all(runs('pool')), Promise.all(runs('nothing'))])
  const threads = pools[0]?.threads ?? 0

  const cpu = differenceOfMedians(
    pools.map((run) => run.cpu),
    others.map((run) => run.cpu),
  )
  const memory = differenceOfMedians(
    pools.map((run) => run.resident),
    others.map((run) => run.resident),
  )
  const left = pools.filter((run) => !run.ended).length
  bench.table({
    title: `An idle pool of ${threads} threads, medians of ${count} processes`,
    columns: ['', 'with a pool', 'without'],
    rows: [
      ['% of a CPU after 1 s', median(pools.map((run) => run.cpu)), median(others.map((run) => run.cpu))],
      [
        'resident KB added',
        median(pools.map((run) => run.resident)) / 1024,
        median(others.map((run) => run.resident)) / 1024,
      ],
      ['not ended after 2 s', left, others.filter((run) => !run.ended).length],
    ],
  })
  bench.figure('core/idle-cpu', { ...cpu, value: tenths(cpu.value), low: tenths(cpu.low), high: tenths(cpu.high) })
  const share = (bytes: number): number => bytes / allowance(threads)
  const shares = { ...memory, value: share(memory.value), low: share(memory.low), high: share(memory.high) }
  bench.figure('core/idle-memory', shares, `${(memory.value / 1024).toFixed(0)} KB, ${threads} threads`)
  bench.figure('core/idle-end', { value: left, low: left, high: left, samples: count })
}
