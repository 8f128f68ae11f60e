/**
 * Memory for results. Large ones of the main thread come from the addon: pages that were used before need no first touch, which would cost
 * more than most kernels. They come back when their ArrayBuffer was collected and the event loop turned; above a budget, and for
 * small results, V8's own memory serves better.
 */
import { fromNative } from '../errors/index.ts'
import { allocate, viewOf, type ArrayView, type DTypeInfo } from '../memory/index.ts'
import type { Binding } from './binding.ts'
import { BuffersAhead } from './buffers-ahead.ts'
import { now, setImmediate, setTimeout } from './clock.ts'
import { isMainThread } from './main-thread.ts'

/** Bytes from which the addon's memory is the better one: a huge page. */
export const LARGE: number = 2 ** 21

/** Bytes up to which the addon keeps memory whatever its limits are: several results, as a rule. */
const SEVERAL = 2 ** 29

/**
 * Bytes of memory that is new from the system, of which no more is lent until the event loop turns: nothing comes back before, and V8 collects
 * its own results meanwhile. Where a host has taken back what is free, memory that was never touched takes 1 to 2 ms a megabyte.
 */
const NEW_IN_A_TURN = 2 ** 27

/** Milliseconds without a large result after which what is kept for the next one is given back. */
const IDLE = 1000

/** Makes results; one for each environment. */
export class ResultMemory {
  readonly #binding: Binding
  readonly #lent: BuffersAhead
  /** Bytes that may be lent at a time; undefined before they are needed. */
  #limit: number | undefined
  /** New bytes that were lent since the event loop has turned. */
  #newlyLent = 0
  #lastUsed = 0
  #timer: NodeJS.Timeout | undefined

  constructor(binding: Binding) {
    this.#binding = binding
    this.#lent = new BuffersAhead({
      make: (bytes) => this.#lend(bytes),
      discard: (buffer) => binding.detach(buffer),
    })
  }

  /** A new array whose elements are unspecified: every one must be written. @throws ArrayError `ERR_OUT_OF_MEMORY` */
  allocate(dtype: DTypeInfo, length: number): ArrayView {
    const bytes = length * dtype.size
    if (bytes < LARGE) return allocate(dtype, length)
    const lent = isMainThread() ? this.#take(bytes) : null
    if (lent !== null) return viewOf('The result', dtype.create(lent, 0, length))
    return this.allocateOrdinary(dtype, length)
  }

  /** As `allocate`, in V8's own memory: it can be moved. @throws ArrayError `ERR_OUT_OF_MEMORY` */
  allocateOrdinary(dtype: DTypeInfo, length: number): ArrayView {
    const ordinary = allocate(dtype, length)
    if (ordinary.byteLength >= LARGE) this.#binding.advise(ordinary.buffer)
    return ordinary
  }

  #take(bytes: number): ArrayBuffer | null {
    this.noteUse(bytes)
    const limit = this.#limit ?? this.#setLimits()
    // What is made ahead is as much again as is in use: together no more than may be lent.
    return this.#lent.take(bytes, limit / 2)
  }

  /** Memory of that many bytes is in use: what comes back soon is worth keeping. */
  noteUse(bytes: number): void {
    if (bytes > SEVERAL && this.#limit === undefined) this.#setLimits()
    this.#lastUsed = now()
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#giveBack(), IDLE).unref()
  }

  /** Before the first loan, not at the import: `node:os` takes longer to load than most of this package's modules. */
  #setLimits(): number {
    // What the container allows, where it says so.
    const available = Math.min(process.getBuiltinModule('node:os').totalmem(), process.constrainedMemory() || Infinity)
    const part = Math.floor(available / 8)
    // To lend, half a gibibyte is enough for any loop that turns.
    this.#limit = Math.min(SEVERAL, part)
    this.#binding.setMemoryLimits(this.#limit, part)
    return this.#limit
  }

  /** Null: V8's own memory serves better now. */
  #lend(bytes: number): ArrayBuffer | null {
    const isNew = this.#binding.memoryStats().kept < bytes
    if (isNew && this.#newlyLent > 0 && this.#newlyLent + bytes > NEW_IN_A_TURN) return null
    if (isNew) {
      if (this.#newlyLent === 0) setImmediate(() => (this.#newlyLent = 0)).unref()
      this.#newlyLent += bytes
    }
    try {
      return this.#binding.lend(bytes)
    } catch (error) {
      throw fromNative(error)
    }
  }

  #giveBack(): void {
    const idle = now() - this.#lastUsed
    this.#timer = undefined
    if (idle < IDLE) {
      this.#timer = setTimeout(() => this.#giveBack(), IDLE - idle).unref()
      return
    }
    const hadReady = this.#lent.discard()
    this.#binding.trim()
    // The memory of what was ready comes back when the event loop has turned.
    if (hadReady) this.#timer = setTimeout(() => this.#giveBack(), IDLE).unref()
  }
}
