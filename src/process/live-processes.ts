/**
 * The children that are alive, so that none outlives this program.
 *
 * A program that ends by process.exit(), by an uncaught error, or with only daemons left takes them along from its
 * 'exit' event. One that is killed cannot; its children then see their channel close. Signals of the program are not
 * touched: what Ctrl-C means is its own decision.
 */

/** What can be ended by force, at once. */
interface Mortal {
  kill(): void
}

const live = new Set<Mortal>()

/** `child` runs from now on. The listener is there only while one does. */
export function addLive(child: Mortal): void {
  if (live.size === 0) process.on('exit', killAll)
  live.add(child)
}

/** `child` has ended. */
export function removeLive(child: Mortal): void {
  if (live.delete(child) && live.size === 0) process.removeListener('exit', killAll)
}

/** By force: nothing runs after this event, so nobody could resort to force later. */
function killAll(): void {
  for (const child of live) child.kill()
}
