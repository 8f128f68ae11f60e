/**
 * Messages that have come, for whoever asks for the next one: kept until then, each given out once, in the order in which they
 * were sent.
 */

import type { Hold } from './hold.ts'

type Next = IteratorResult<unknown, undefined>

interface Waiting {
  readonly iterator: object
  readonly settle: (next: Next | Promise<Next>) => void
}

export class Inbox {
  readonly #messages: (() => unknown)[] = []
  /** Those who asked before a message came, in turn. */
  #waiting: Waiting[] = []
  #hasEnded = false

  /** @param read gives the message, when somebody asks for it; what it throws rejects for who asked */
  add(read: () => unknown): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#messages.push(read)
    else next.settle(given(read))
  }

  /** No further message comes; those that are here are still given out. */
  end(): void {
    this.#hasEnded = true
    for (const next of this.#waiting.splice(0)) next.settle(over)
  }

  /** Leaving the loop ends the iterator, with what waits for its next message, and leaves the messages to the next one. */
  iterate(hold: Hold): AsyncIterableIterator<unknown> {
    let isLeft = false
    const iterator: AsyncIterableIterator<unknown> = {
      next: () => (isLeft ? Promise.resolve(over) : this.#next(iterator, hold)),
      return: () => {
        isLeft = true
        this.#leave(iterator)
        return Promise.resolve(over)
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  #next(iterator: object, hold: Hold): Promise<Next> {
    const read = this.#messages.shift()
    if (read !== undefined) return given(read)
    if (this.#hasEnded) return Promise.resolve(over)
    return hold(new Promise((settle) => this.#waiting.push({ iterator, settle })))
  }

  #leave(iterator: object): void {
    const left = this.#waiting.filter((waiting) => waiting.iterator === iterator)
    this.#waiting = this.#waiting.filter((waiting) => waiting.iterator !== iterator)
    for (const { settle } of left) settle(over)
  }
}

async function given(read: () => unknown): Promise<Next> {
  return { value: read(), done: false }
}

const over: Next = Object.freeze({ value: undefined, done: true })
