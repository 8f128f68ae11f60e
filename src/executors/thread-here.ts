/** Which thread this code runs in, for children that are to end with it. */
import { readlinkSync } from 'node:fs'
import { pid } from 'node:process'

/** Its number among the system's, where it may end before this process does: in a worker_thread. Linux alone tells; else null. */
export function threadHere(): number | null {
  try {
    const [process, , thread] = readlinkSync('/proc/thread-self').split('/', 3).map(Number)
    // Another process: the list of processes is not the one that this one is numbered in.
    return thread === undefined || process !== pid || thread === pid ? null : thread
  } catch {
    return null
  }
}
