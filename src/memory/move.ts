/**
 * Moving a buffer: its memory under an ArrayBuffer that nobody else has, the caller's detached. Nothing can take that memory away
 * then, however long threads work on it.
 */

/** Memory that nobody else can reach. */
export interface MovedBuffer {
  readonly buffer: ArrayBuffer
  /** False: this is a copy, and the caller's buffer stayed as it was. */
  readonly isMoved: boolean
}

/**
 * What was moved for one call, and where to: the only proof that memory was. A list of objects that refer to the next, since methods of Map and
 * Array, which a program may have replaced, are not to see memory that threads work on; nor are those of lists anywhere on its way to the addon.
 */
export interface Moves {
  readonly from: ArrayBufferLike
  readonly to: MovedBuffer
  readonly before: Moves | undefined
}

/** Where a buffer was moved to; undefined where it was not. */
export function moveOf(buffer: ArrayBufferLike, moves: Moves | undefined): MovedBuffer | undefined {
  for (let move = moves; move !== undefined; move = move.before) if (move.from === buffer) return move.to
  return undefined
}

/** Whether it is memory that something was moved to. */
export function isMovedTo(value: unknown, moves: Moves | undefined): boolean {
  for (let move = moves; move !== undefined; move = move.before) if (move.to.buffer === value) return true
  return false
}

// Captured before anybody could replace them.
const byteLengthOf = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get as () => number,
) as (buffer: ArrayBufferLike) => number
const clone = structuredClone

/**
 * Moves an ArrayBuffer of fixed length. By structuredClone(), which honours Node's mark of what must stay, and asks nobody for it:
 * addons' memory bears it, which Node frees when the thread ends that it was made on, before it asks anybody who works in it to stop, and
 * Buffer's pool. ArrayBuffer.prototype.transfer() knows nothing of that mark.
 * @returns undefined when it can be moved no more than copied (memory of WebAssembly, of Buffer's pool or of an addon, what was marked
 *   untransferable, more than 4 GiB on Node 20, or detached meanwhile): it stays as it was, and nothing was copied
 */
export function moveBuffer(buffer: ArrayBufferLike): MovedBuffer | undefined {
  try {
    const moved = clone(buffer, { transfer: [buffer as ArrayBuffer] }) as ArrayBuffer
    // Node 20 copies what it cannot move, without a word.
    return { buffer: moved, isMoved: byteLengthOf(buffer) === 0 }
  } catch {
    return undefined
  }
}
