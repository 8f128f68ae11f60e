/**
 * Whether an error is uncaught: that the target has emitted one of the events that tell of such errors makes none. Neither event says who
 * emits it, so that what the runtime does around its own is looked at.
 */

// Not imported: see channel.ts.
const { process } = globalThis
const { apply, get, set } = Reflect

/** What Node and Deno call for each such error, and what emits the events then; it has no name that is documented. */
const TELL = '_fatalException'
const tell: unknown = get(process, TELL)
/** Bun has the function, too, but does not call it. What it emits itself does not pass `process.emit`. */
const isBun = process.versions['bun'] !== undefined

/** Calls under way by which the runtime tells of an error, and emissions under way through `process.emit`. */
let told = 0
let emitted = 0

/** In a runtime that has no such function every emission is believed. */
const isTold = typeof tell === 'function' && !isBun && set(process, TELL, tellAndCount)

function tellAndCount(...given: unknown[]): unknown {
  told += 1
  try {
    return apply(tell as (...given: unknown[]) => unknown, process, given)
  } finally {
    told -= 1
  }
}

/** For a listener of the two events: true where the runtime tells of an error that nobody has caught. */
export function isUncaught(): boolean {
  if (isBun) return emitted === 0
  return !isTold || told > 0
}

/** Emits one of the two events for whoever has called `process.emit`. */
export function emitError<T>(emit: () => T): T {
  emitted += 1
  try {
    return emit()
  } finally {
    emitted -= 1
  }
}
