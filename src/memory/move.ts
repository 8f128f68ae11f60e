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
  markAsUntransferable(value: unknown): void
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
 * @returns undefined when it cannot be moved (memory of WebAssembly or of Buffer's pool, what was marked untransferable): it stays
 *   as it was, and nothing was copied
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

/** Node 22 detaches by transfer() what was marked untransferable, Buffer's pool too, whose Buffers would all be gone. */
function mustStay(buffer: ArrayBufferLike): boolean {
  const workers = process.getBuiltinModule('node:worker_threads') as WorkerThreads
  return workers.isMarkedAsUntransferable?.(buffer) === true && !isMarkObeyed(workers)
}

let obeyed: boolean | undefined

function isMarkObeyed(workers: WorkerThreads): boolean {
  if (obeyed === undefined) {
    const marked = new ArrayBuffer(1)
    workers.markAsUntransferable(marked)
    try {
      transfer?.(marked)
    } catch {
      // As it should be.
    }
    obeyed = byteLengthOf(marked) === 1
  }
  return obeyed
}
