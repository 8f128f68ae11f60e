/**
 * The thread of parent-watch: when the parent is gone, the thread of it that counts, or a program between the two, so is this process,
 * whatever its main thread does.
 */
import { existsSync, readFileSync } from 'node:fs'
import { kill, pid } from 'node:process'
import { workerData } from 'node:worker_threads'
import type { Watched } from './parent-watch.ts'

/** Milliseconds between two looks. */
const INTERVAL = 250

const { parent, thread, starter } = workerData as Watched

/** Of the parent's thread; null where there is none to look at, or another list of processes than the parent's. */
const folder = thread === null || !existsSync(`/proc/${parent}/task`) ? null : `/proc/${parent}/task/${thread}`

/** An orphan is adopted: then its parent is another one. A pid alone may have been given to a stranger. */
function isThere(): boolean {
  if (process.ppid !== starter) return false
  if (starter === parent) return folder === null || existsSync(folder)
  try {
    return kill(parent, 0) && !isZombie(parent)
  } catch {
    return false
  }
}

/**
 * True for a process that has ended, and is still listed since nobody has asked for its status: then it has no memory. False where
 * the system does not tell, or may not be asked.
 */
function isZombie(other: number): boolean {
  try {
    return readFileSync(`/proc/${other}/statm`, 'latin1').startsWith('0 ')
  } catch {
    return false
  }
}

setInterval(() => {
  if (!isThere()) kill(pid, 'SIGKILL')
}, INTERVAL)
