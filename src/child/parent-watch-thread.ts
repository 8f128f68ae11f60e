/** The thread of parent-watch: when the parent is gone, so is this process, whatever its main thread does. */
import { readFileSync } from 'node:fs'
import { kill, pid } from 'node:process'
import { workerData } from 'node:worker_threads'
import type { Watched } from './parent-watch.ts'

/** Milliseconds between two looks. */
const INTERVAL = 250

const { parent, isOurs } = workerData as Watched

/** An orphan is adopted: then its parent is another one. A pid alone may have been given to a stranger. */
function isThere(): boolean {
  if (isOurs) return process.ppid === parent
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
