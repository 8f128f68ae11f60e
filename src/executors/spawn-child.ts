/** Starting a child process that ends with this program. */
import { spawn, type ChildProcess } from 'node:child_process'
import { binding } from '../native/index.ts'
import type { Launch } from './launch.ts'
import { addLive } from './live-children.ts'

export interface StartedChild {
  readonly process: ChildProcess
  readonly pid: number
  /** The system ends it with this thread, however busy it is. */
  readonly isTied: boolean
}

/** What came of it: the child, or why there is none, which Node may tell a moment later. */
export type Spawned = StartedChild | { readonly cause: unknown } | { readonly failing: ChildProcess }

/** Never throws, and leaves no error event unheard. */
export function spawnChild(launch: Launch): Spawned {
  let child: ChildProcess
  let tied = 0
  try {
    binding?.tieForks(true)
    child = spawn(launch.execPath, launch.args, launch.options)
  } catch (cause) {
    return { cause }
  } finally {
    tied = binding?.tieForks(false) ?? 0
  }
  // Also for a signal that could not be sent: the child's end, when it comes, says all.
  child.on('error', () => {})
  if (child.pid === undefined) return { failing: child }
  addLive(child)
  // Linux unties what an exec gives more rights (capabilities of the file, say). Of its own file the addon knows whether it does.
  return { process: child, pid: child.pid, isTied: tied > 0 && launch.execPath === process.execPath }
}
