/** Thrown values in the child, whatever they do when they are looked at, and whatever has been replaced. */
import { nodesOf, type EncodedError } from './errors.ts'
import { inspectSafely } from './inspect.ts'

/** Characters of a report of which there is no better one. */
const LONGEST = 2 ** 12

/** @param isUrgent the process ends when this returns: only a small report still gets through */
export function encodeError(thrown: unknown, isUrgent = false): EncodedError {
  try {
    return nodesOf(thrown, isUrgent)
  } catch {
    // The user's code has replaced something that this needs: better a plain report than none.
    return [['text', inspectSafely(thrown).slice(0, LONGEST)]]
  }
}
