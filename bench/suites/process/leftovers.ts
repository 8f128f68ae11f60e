/** What processes in sequence leave behind: zombies, open files, shared segments. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../../harness/bench.ts'
import { rest, timeProcess } from './timing.ts'

const sharedMemory = '/dev/shm'

interface Remains {
  /** Zombies among our children, and our open files. */
  readonly count: number
  readonly segments: readonly string[]
}

/** null where the system does not tell. */
function remains(): Remains | null {
  try {
    const count = processes().filter(isOurZombie).length + readdirSync('/proc/self/fd').length
    return { count, segments: readdirSync(sharedMemory) }
  } catch {
    return null
  }
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
}

/** What there is more than before. A segment of another user, or that another program holds, is none that a child of ours left. */
function difference(before: Remains, after: Remains): number {
  const known = new Set(before.segments)
  const added = after.segments.filter((name) => !known.has(name)).map((name) => join(sharedMemory, name))
  return after.count - before.count + added.filter((path) => isOurs(path) && !isHeldElsewhere(path)).length
}

function isOurs(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.()
}

function isHeldElsewhere(path: string): boolean {
  return processes().some((pid) => Number(pid) !== process.pid && parentOf(pid) !== process.pid && holds(pid, path))
}

function holds(pid: string, path: string): boolean {
  try {
    const open = join('/proc', pid, 'fd')
    return (
      readFileSync(join('/proc', pid, 'maps'), 'utf8').includes(` ${path}\n`) ||
      readdirSync(open).some((fd) => readlinkSync(join(open, fd)) === path)
    )
  } catch {
    // It has ended meanwhile, or is none of this user's.
    return false
  }
}

function isOurZombie(pid: string): boolean {
  return stateOf(pid)?.[0] === 'Z' && parentOf(pid) === process.pid
}

function parentOf(pid: string): number {
  return Number(stateOf(pid)?.[1])
}

/** The state of a process, the pid of its parent, and more; null when it has ended. */
function stateOf(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
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
  const left = before === null || after === null ? null : difference(before, after)
  bench.table({
    title: 'Processes in sequence, each started when the one before has ended',
    columns: ['processes', 'ms each', 'left behind'],
    rows: [[count, took / count, left ?? 'unknown']],
  })
  if (left === null) return bench.missed(['process/leftovers'], 'this system has no /proc')
  const value = Math.max(0, left)
  bench.figure('process/leftovers', { value, low: value, high: value, samples: count })
}
