/**
 * Did other work run on this machine while we measured? Then what we measured does not count.
 *
 * Decided by CPU time alone: what all CPUs did not idle, less what this process and its children used. Steal counts as other
 * work. Involuntary context switches are not looked at, on purpose: a pool whose own workers push its caller off a CPU would
 * have its worst samples dropped. The counter of idle time has steps of 10 ms, so a verdict is on a window of
 * 100 ms or more; a shorter burst touches few samples, and medians do not see few samples.
 */
import { readFileSync } from 'node:fs'

/** A verdict needs a window at least this long, in milliseconds. */
export const WINDOW = 100

/** The step of the kernel's counters, in milliseconds. */
const TICK = 10

/** Other work beyond a tick that is tolerated: a share of the window. */
const TOLERANCE = 0.05

/** The counters at one moment, in milliseconds. */
export interface Reading {
  readonly wall: number
  /** Idle time of all CPUs together. */
  readonly idle: number
  /** CPU time of this process and its children. */
  readonly own: number
  readonly cpus: number
}

export class Gate {
  /** What children told us that they used; those that have ended are in the kernel's own count. */
  #reported = 0

  /** A child, still running, used so many milliseconds of CPU time. */
  report(milliseconds: number): void {
    this.#reported += milliseconds
  }

  /** The counters now; null where the system has none, and nothing is ever dropped. */
  read(): Reading | null {
    try {
      const stat = readFileSync('/proc/stat', 'latin1')
      const wall = performance.now()
      const { user, system } = process.cpuUsage()
      const own = (user + system) / 1e3 + endedChildren() + this.#reported
      // cpu user nice system idle iowait …
      const [, , , idle = 0, iowait = 0] = stat
        .slice(stat.indexOf(' '), stat.indexOf('\n'))
        .trim()
        .split(/ +/)
        .map(Number)
      return { wall, idle: (idle + iowait) * TICK, own, cpus: stat.match(/^cpu\d/gm)?.length ?? 1 }
    } catch {
      return null
    }
  }
}

/** CPU time of children that were waited for: fields 16 and 17 of the line, counted behind the name in parentheses. */
function endedChildren(): number {
  const line = readFileSync('/proc/self/stat', 'latin1')
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * TICK
}

/** Milliseconds of CPU time that others used between two readings. */
export function otherWork(before: Reading, after: Reading): number {
  const busy = (after.wall - before.wall) * after.cpus - (after.idle - before.idle)
  return busy - (after.own - before.own)
}

/** True when others used more of the window than the counters' error and a small share. */
export function isDisturbed(before: Reading, after: Reading): boolean {
  return otherWork(before, after) > TICK + TOLERANCE * (after.wall - before.wall)
}
