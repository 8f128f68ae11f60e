/**
 * What a child prints, when nobody has to be listening.
 *
 * A child cannot end while its output waits to be written, so an unread pipe would stall it for ever. This stream
 * therefore always takes what comes: without a reader it keeps the first mebibyte and drops the rest; with one it
 * passes everything on, at the reader's pace.
 */
import { Readable } from 'node:stream'

const KEPT_UNREAD = 2 ** 20

/** The reading end of a pipe to a child; ChildProcess types it without what sockets add. */
export interface PipeEnd extends Readable {
  ref?(): void
  unref?(): void
}

export class Output extends Readable {
  readonly #pipe: PipeEnd
  #hasExited = false
  /** Something was dropped: so is all that follows until somebody reads, lest what is kept have a hole. */
  #isCut = false

  constructor(pipe: PipeEnd) {
    super()
    this.#pipe = pipe
    pipe.on('data', (chunk: Buffer) => this.#take(chunk))
    // A pipe that breaks ends what was printed; why it broke is the child's story, told by its exit.
    pipe.on('error', () => {})
    pipe.on('close', () => this.push(null))
    this.on('newListener', (event) => {
      if (this.#hasExited && (event === 'data' || event === 'readable')) this.#pipe.ref?.()
    })
  }

  /** The child is gone: a grandchild may still hold the pipe, which only somebody who reads wants to wait for. */
  childExited(): void {
    this.#hasExited = true
    if (!this.#isRead()) this.#pipe.unref?.()
  }

  ref(): void {
    this.#pipe.ref?.()
  }

  unref(): void {
    this.#pipe.unref?.()
  }

  override _read(): void {
    this.#isCut = false
    this.#pipe.resume()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // Closing our end would break the child's next write; it goes on unread instead.
    this.#pipe.resume()
    callback(error)
  }

  #take(chunk: Buffer): void {
    if (this.destroyed) return
    if (this.#isRead()) {
      if (!this.push(chunk)) this.#pipe.pause()
    } else if (!this.#isCut) {
      const room = Math.max(0, KEPT_UNREAD - this.readableLength)
      this.#isCut = chunk.byteLength > room
      this.push(this.#isCut ? chunk.subarray(0, room) : chunk)
    }
  }

  /** null until something reads: a 'data' or 'readable' listener, a pipe, a loop. */
  #isRead(): boolean {
    return this.readableFlowing !== null
  }
}
