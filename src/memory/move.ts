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

interface WorkerThreads {
  isMarkedAsUntransferable?(value: unknown): boolean
}

// Captured before anybody could replace them. Node 20 has no transfer().
const transferOf = (ArrayBuffer.prototype as { transfer?: () => ArrayBuffer }).transfer
const transfer = transferOf && (Function.prototype.call.bind(transferOf) as (buffer: ArrayBufferLike) => ArrayBuffer)
const byteLengthOf = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get as () => number,
) as (buffer: ArrayBufferLike) => number
const clone = structuredClone

/**
 * Moves an ArrayBuffer of fixed length.
 * @returns undefined when it cannot be moved (memory of WebAssembly, of Buffer's pool or of an addon, what was marked untransferable): it
 *   stays as it was, and nothing was copied
 */
export function moveBuffer(buffer: ArrayBufferLike): MovedBuffer | undefined {
  if (transfer === undefined) {
    // Node 20 copies what it cannot move, without a word.
    const cloned = cloneOf(buffer)
    return cloned && { buffer: cloned, isMoved: byteLengthOf(buffer) === 0 }
  }
  if (mustStay(buffer)) return undefined
  try {
    return { buffer: transfer(buffer), isMoved: true }
  } catch {
    return undefined
  }
}

/** Undefined where it can be moved no more than copied: of more than 4 GiB, without the memory for it, or detached meanwhile. */
function cloneOf(buffer: ArrayBufferLike): ArrayBuffer | undefined {
  try {
    return clone(buffer, { transfer: [buffer as ArrayBuffer] }) as ArrayBuffer
  } catch {
    return undefined
  }
}

/**
 * transfer() knows nothing of Node's mark. Addons' memory bears it, which Node frees when the thread ends that it was made on, before it
 * asks anybody who works in it to stop; and Buffer's pool, whose Buffers would all be gone.
 */
function mustStay(buffer: ArrayBufferLike): boolean {
  const workers = process.getBuiltinModule('node:worker_threads') as WorkerThreads
  return workers.isMarkedAsUntransferable?.(buffer) === true
}
