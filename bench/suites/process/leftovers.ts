/** What processes in sequence leave behind: zombies, open files, shared segments. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Bench } from '../../harness/bench.ts'
import { rest, timeProcess } from './timing.ts'

/** Zombies among our children, our open files, and files in shared memory; null where the system does not tell. */
function remains(): number | null {
  try {
    const zombies = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurZombie(name))
    return zombies.length + readdirSync('/proc/self/fd').length + readdirSync('/dev/shm').length
  } catch {
    return null
  }
}

function isOurZombie(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' && Number(parent) === process.pid
  } catch {
    return false
  }
}

export async function leftovers(bench: Bench): Promise<void> {
  const count = bench.choose(10, 200)
  // With a spare, before as after.
  await timeProcess(true)
  await rest()
  const before = remains()
  const start = performance.now()
  for (let i = 0; i < count; i++) await timeProcess(true)
  const took = performance.now() - start
  await rest()
  const after = remains()
  bench.table({
    title: 'Processes in sequence, each started when the one before has ended',
    columns: ['processes', 'ms each', 'left behind'],
    rows: [[count, took / count, before === null || after === null ? 'unknown' : after - before]],
  })
  if (before === null || after === null) return bench.missed(['process/leftovers'], 'this system has no /proc')
  const value = Math.max(0, after - before)
  bench.figure('process/leftovers', { value, low: value, high: value, samples: count })
}
