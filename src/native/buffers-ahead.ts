/**
 * Buffers of one length, made several at a time where that length is asked for again and again.
 *
 * V8 marks its whole heap whenever 64 MB of buffers were made since it last did: even in a small program that is 2 ms of the calling thread
 * and 10 ms of V8's own, on the CPUs that kernels want. Buffers that are made in a row set it off once.
 */

/** Where the buffers come from, and where those go that nobody has asked for. */
export interface BufferSource {
  /** A buffer, contents unspecified; null where there is none now. */
  make(bytes: number): ArrayBuffer | null
  /** Takes the memory of a buffer away, at once. */
  discard(buffer: ArrayBuffer): void
}

/** More than this are not made at a time: a single call has to wait for all of them. */
const MOST = 32

/**
 * One is made ahead for so many that were asked for in a row. Each takes pages that nobody has touched yet, at several times the price of
 * pages that come back, and the price would be wasted in a program that makes a few dozen results.
 */
const EARNED_BY = 8

/** Makes buffers ahead, of the length that was asked for last. */
export class BuffersAhead {
  readonly #source: BufferSource
  readonly #ready: ArrayBuffer[] = []
  /** The length that was asked for last, and how many times in a row. */
  #bytes = 0
  #inARow = 0

  constructor(source: BufferSource) {
    this.#source = source
  }

  /**
   * A buffer that nobody else has; null where the source has none. No more are made at a time than an eighth of those that were asked for in
   * a row.
   * @param ahead how many bytes may be made at a time, if it is more than one buffer
   * @throws what the source throws, but not for a buffer that is only made ahead
   */
  take(bytes: number, ahead: number): ArrayBuffer | null {
    if (bytes !== this.#bytes) this.discard()
    this.#bytes = bytes
    const earned = Math.floor(this.#inARow++ / EARNED_BY)
    const ready = this.#ready.pop()
    if (ready !== undefined) return ready
    const first = this.#source.make(bytes)
    const count = first === null ? 0 : Math.min(earned, MOST, Math.floor(ahead / bytes))
    for (let made = 1; made < count; made++) if (!this.#makeReady(bytes)) break
    return first
  }

  /** Takes away what is ready, and forgets what was asked for. False: nothing was ready. */
  discard(): boolean {
    const had = this.#ready.length > 0
    for (const buffer of this.#ready.splice(0)) this.#source.discard(buffer)
    this.#inARow = 0
    return had
  }

  #makeReady(bytes: number): boolean {
    try {
      const buffer = this.#source.make(bytes)
      if (buffer === null) return false
      this.#ready.push(buffer)
      return true
    } catch {
      // Whoever needs one hears of it.
      return false
    }
  }
}
