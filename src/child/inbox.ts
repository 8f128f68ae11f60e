/**
 * Messages that have come, for whoever asks for the next one: kept until then, each given out once, in the order in which they
 * were sent.
 */

import type { Hold } from './hold.ts'

export class Inbox {
  readonly #messages: unknown[] = []
  /** Those who asked before a message came, in turn. */
  readonly #waiting: ((result: IteratorResult<unknown, undefined>) => void)[] = []
  #hasEnded = false

  add(message: unknown): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#messages.push(message)
    else next({ value: message, done: false })
  }

  /** No further message comes; those that are here are still given out. */
  end(): void {
    this.#hasEnded = true
    for (const next of this.#waiting.splice(0)) next(over)
  }

  /** Leaving the loop ends the iterator, and leaves the messages to the next one. */
  iterate(hold: Hold): AsyncIterableIterator<unknown> {
    let isLeft = false
    const iterator: AsyncIterableIterator<unknown> = {
      next: () => (isLeft ? Promise.resolve(over) : this.#next(hold)),
      return: () => {
        isLeft = true
        return Promise.resolve(over)
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  #next(hold: Hold): Promise<IteratorResult<unknown, undefined>> {
    if (this.#messages.length > 0) return Promise.resolve({ value: this.#messages.shift(), done: false })
    if (this.#hasEnded) return Promise.resolve(over)
    return hold(new Promise((resolve) => this.#waiting.push(resolve)))
  }
}

const over: IteratorResult<unknown, undefined> = Object.freeze({ value: undefined, done: true })
