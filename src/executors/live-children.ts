/**
 * The child processes that are alive, so that none outlives this program.
 *
 * A program that ends by process.exit(), by an uncaught error, or with only daemons left takes them along from its
 * 'exit' event. One that is killed cannot; the system then ends the children that are tied to it, and the others see their
 * channel close. Signals of the program are not touched: what Ctrl-C means is its own decision.
 */
import type { ChildProcess } from 'node:child_process'

const live = new Set<ChildProcess>()

/** Before each launch: a listener of this program's own, for 'newListener', may throw, and there is to be no child then. */
export function expectLive(): void {
  // Ours is there only while a child is.
  if (live.size === 0) process.on('exit', killAll)
}

/** After each launch, whatever came of it. */
export function expectNoMore(): void {
  if (live.size === 0) process.removeListener('exit', killAll)
}

/** `child` runs from now on, until its 'exit'. */
export function addLive(child: ChildProcess): void {
  live.add(child)
  child.once('exit', () => removeLive(child))
}

/** `child` has ended, or is to be no child of this program any more. */
export function removeLive(child: ChildProcess): void {
  if (live.delete(child)) expectNoMore()
}

/** By force: nothing runs after this event, so nobody could resort to force later. */
function killAll(): void {
  for (const child of live) child.kill('SIGKILL')
}
