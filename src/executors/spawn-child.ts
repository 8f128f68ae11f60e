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

/** Why there is no child: a cause, or the object by which Node tells it a moment later. */
export interface NotStarted {
  readonly process: null
  readonly cause: unknown
  readonly failing: ChildProcess | null
}

/** Never throws, and leaves no error event unheard. */
export function spawnChild(launch: Launch): StartedChild | NotStarted {
  let child: ChildProcess
  let tied = 0
  try {
    binding?.tieForks(true)
    child = spawn(launch.execPath, launch.args, launch.options)
  } catch (cause) {
    return { process: null, cause, failing: null }
  } finally {
    tied = binding?.tieForks(false) ?? 0
  }
  // Also for a signal that could not be sent: the child's end, when it comes, says all.
  child.on('error', () => {})
  const { pid } = child
  if (pid === undefined || isWithoutProcess(child)) return { process: null, cause: undefined, failing: child }
  addLive(child)
  // Linux unties what an exec gives more rights (capabilities of the file, say). Of its own file the addon knows whether it does.
  return { process: child, pid, isTied: tied > 0 && launch.execPath === process.execPath }
}

/**
 * Whether Node, where it shows the object by which it knows the process, has no process in it. That object has no pid of its own then, and
 * what it inherits under that name is what `child.pid` says.
 */
function isWithoutProcess(child: ChildProcess): boolean {
  const handle: unknown = Object.getOwnPropertyDescriptor(child, '_handle')?.value
  return typeof handle === 'object' && handle !== null && !Object.hasOwn(handle, 'pid')
}
