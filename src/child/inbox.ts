/**
 * Messages that have come, for whoever asks for the next one: kept until then, each given out once, in the order in which they
 * were sent.
 */

import type { Hold } from './hold.ts'

type Next = IteratorResult<unknown, undefined>

export class Inbox {
  readonly #messages: (() => unknown)[] = []
  /** Those who asked before a message came, in turn. */
  readonly #waiting: ((next: Next | Promise<Next>) => void)[] = []
  #hasEnded = false

  /** @param read gives the message, when somebody asks for it; what it throws rejects for who asked */
  add(read: () => unknown): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#messages.push(read)
    else next(given(read))
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

  #next(hold: Hold): Promise<Next> {
    const read = this.#messages.shift()
    if (read !== undefined) return given(read)
    if (this.#hasEnded) return Promise.resolve(over)
    return hold(new Promise((resolve) => this.#waiting.push(resolve)))
  }
}

async function given(read: () => unknown): Promise<Next> {
  return { value: read(), done: false }
}

const over: Next = Object.freeze({ value: undefined, done: true })
