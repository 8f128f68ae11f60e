/** The thread of parent-watch: when the parent is gone, so is this process, whatever its main thread does. */
import { kill, pid } from 'node:process'
import { workerData } from 'node:worker_threads'

/** Milliseconds between two looks. */
const INTERVAL = 250

const parent = workerData as number
/** An orphan is adopted: then its parent is another one. A pid alone may have been given to a stranger. */
const isOurs = process.ppid === parent

function isThere(): boolean {
  if (isOurs) return process.ppid === parent
  try {
    return kill(parent, 0)
  } catch {
    return false
  }
}

setInterval(() => {
  if (!isThere()) kill(pid, 'SIGKILL')
}, INTERVAL)
