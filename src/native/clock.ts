/**
 * Node's own timers and clock, taken when the package is imported, for all that this package does in its own time. A test that replaces the
 * global ones means the timers of the program that it tests: with those, memory would never be given back, or again and again, no child
 * would be killed in time, and where they give numbers (jsdom) there is no unref().
 */
import { clearTimeout, setImmediate, setTimeout } from 'node:timers'

// Not `performance`, which Node loads when it is first named: that takes a millisecond of the import.
const { hrtime } = process

export { clearTimeout, setImmediate, setTimeout }

/** Milliseconds since some moment; never less than before. */
export function now(): number {
  const time = hrtime()
  return time[0] * 1e3 + time[1] / 1e6
}
