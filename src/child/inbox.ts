/**
 * Messages that have come, for whoever asks for the next one: kept until then, each given out once, in the order in which they
 * were sent.
 */
import { builtinModule } from './builtin-module.ts'
import type { Hold } from './hold.ts'
import { Queue } from './queue.ts'

// Not the global one, which a simulated browser has not.
const { setImmediate } = builtinModule('node:timers')

type Next = IteratorResult<unknown, undefined>

interface Waiting {
  readonly iterator: object
  readonly settle: (next: Next | Promise<Next>) => void
}

/** Kept messages that are given out one after the other, before the event loop turns once: whoever reads many is not alone. */
const WITHOUT_A_TURN = 64

export class Inbox {
  readonly #messages = new Queue<() => unknown>()
  /** Those who asked before a message came, in turn. */
  #waiting = new Queue<Waiting>()
  #hasEnded = false
  /** Kept messages that were given out since the event loop has turned. */
  #given = 0

  /** @param read gives the message, when somebody asks for it; what it throws rejects for who asked */
  add(read: () => unknown): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#messages.push(read)
    else next.settle(given(read))
  }

  /** No further message comes; those that are here are still given out. */
  end(): void {
    this.#hasEnded = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next.settle(over)
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
    if (read !== undefined) {
      this.#given = (this.#given + 1) % WITHOUT_A_TURN
      return this.#given === 0 ? turn().then(() => given(read)) : given(read)
    }
    if (this.#hasEnded) return Promise.resolve(over)
    return hold(new Promise((settle) => this.#waiting.push({ iterator, settle })))
  }

  #leave(iterator: object): void {
    const waiting = this.#waiting
    this.#waiting = new Queue()
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.iterator === iterator) next.settle(over)
      else this.#waiting.push(next)
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

async function given(read: () => unknown): Promise<Next> {
  return { value: read(), done: false }
}

const over: Next = Object.freeze({ value: undefined, done: true })
