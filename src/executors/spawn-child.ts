/** Starting a child process that ends with this program. */
import { spawn, type ChildProcess } from 'node:child_process'
import { binding } from '../native/index.ts'
import type { Launch } from './launch.ts'
import { addLive, expectLive, expectNoMore, removeLive } from './live-children.ts'

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

/**
 * Leaves no error event unheard.
 * @throws what listeners of this program throw, and RangeError where the stack ends; there is no child then
 */
export function spawnChild(launch: Launch): StartedChild | NotStarted {
  expectLive()
  let child: ChildProcess | undefined
  try {
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
  } catch (error) {
    if (child !== undefined) abandon(child)
    throw error
  } finally {
    expectNoMore()
  }
}

/**
 * Ends a child that was launched for a start which then failed: nobody owns it, and nobody is to hear of it or to wait for it. Called
 * from where spawn() was, or from above: where the stack is about to end, there is room for this where there was for a launch.
 */
export function abandon(child: ChildProcess): void {
  child.kill('SIGKILL')
  child.unref()
  for (const event of ['message', 'disconnect', 'exit']) child.removeAllListeners(event)
  removeLive(child)
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
  // What a program between the two leaves behind ends with the channel.
  if (child.connected) child.disconnect()
}

/**
 * Whether Node, where it shows the object by which it knows the process, has no process in it. That object has no pid of its own then, and
 * what it inherits under that name is what `child.pid` says.
 */
function isWithoutProcess(child: ChildProcess): boolean {
  const handle: unknown = Object.getOwnPropertyDescriptor(child, '_handle')?.value
  return typeof handle === 'object' && handle !== null && !Object.hasOwn(handle, 'pid')
}
