/**
 * The child's way out: what it says to its parent and prints, and its end, which cuts off neither.
 *
 * The user's code runs in the same process and may replace what it likes, so everything that is needed here was captured
 * before that code ran.
 */
import { writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { inspectSafely } from './errors.ts'
import type { FromChild, Hello } from './protocol.ts'

// Not imported: `import { exit } from 'node:process'` in a target then finds the one that the bootstrap puts there.
const { process, setTimeout: setTimer } = globalThis
const { apply, defineProperty } = Reflect
const arrayIteration = { value: Array.prototype[Symbol.iterator], writable: true, configurable: true }
const send = process.send?.bind(process)
const listenerCount = process.listenerCount.bind(process)
const streamWrite: (this: Writable, text: string, done: () => void) => boolean = Writable.prototype.write

/** Ends this process at once, whatever the user's code has put in its place. */
export const exit = process.exit.bind(process)

/** Milliseconds that a process which ends waits for what it has printed to be taken. */
const LAST_WORDS = 2_000

/** How many times that long it waits for its outcome to be taken, since a parent that is busy may not take it earlier. */
const LAST_WORDS_OF_OUTCOME = 15

/** Outcomes that the channel has not taken yet. */
let unsent = 0
let isLeaving = false
const leaving = Symbol('process.exit()')

function ignore(): void {}

export function reply(frame: FromChild | Hello, done: () => void = ignore): void {
  if (send === undefined) return done()
  try {
    // With a callback a closed channel is reported there; without, it would be an 'error' event on the user's process.
    send(frame, undefined, undefined, done)
  } catch {
    try {
      // Node's channel iterates arrays, and does not look whether it still can.
      defineProperty(Array.prototype, Symbol.iterator, arrayIteration)
      send(frame, undefined, undefined, done)
    } catch {
      done()
    }
  }
}

/**
 * Sends the outcome. While it is on its way an uncaught error, which would end this process at once and cut it off, ends it
 * afterwards.
 * @param heading of an error on stderr
 * @param done it is on its way, or cannot be any more
 */
export function report(frame: FromChild, heading: string, done: () => void = ignore): void {
  unsent += 1
  const late = (error: unknown): void => {
    // The user's code handles it.
    if (listenerCount('uncaughtException') > 1) return
    writeNow(`${heading}${inspectSafely(error)}\n`)
    endWhenSent(1)
  }
  let isSent = false
  reply(frame, () => {
    isSent = true
    process.removeListener('uncaughtException', late)
    unsent -= 1
    if (isLeaving && unsent === 0) exit()
    done()
  })
  // What the system's buffer could take is told of a turn later; it is safe already, and a listener cheap.
  if (!isSent) process.on('uncaughtException', late)
}

/**
 * What the target gets as `process.exit`: an outcome that is still on its way is not cut off. The caller goes no
 * further all the same.
 */
export function leave(code?: number | string | null): never {
  if (unsent === 0) return exit(code)
  endWhenSent(code)
  throw leaving
}

/** Ends this process when the outcome is sent; nothing that fails until then is heard of. */
function endWhenSent(code?: number | string | null): void {
  if (code !== undefined && code !== null) process.exitCode = code
  if (isLeaving) return
  isLeaving = true
  endAfterLastWords()
  process.removeAllListeners('uncaughtException').on('uncaughtException', ignore)
  if (process.hasUncaughtExceptionCaptureCallback()) process.setUncaughtExceptionCaptureCallback(null)
}

/** Ends this process, whatever was replaced and whoever does not read; `process.exitCode` says how. */
export function endAfterLastWords(): void {
  let rounds = 0
  const look = (): void => {
    rounds += 1
    if (unsent > 0 && process.connected && rounds < LAST_WORDS_OF_OUTCOME) setTimer(look, LAST_WORDS)
    else exit()
  }
  setTimer(look, LAST_WORDS)
}

/** `done` when everything that was printed there is on its way. */
export function print(name: 'stdout' | 'stderr', text: string, done: () => void = ignore): void {
  try {
    apply(streamWrite, process[name], [text, done])
  } catch {
    if (name === 'stderr') writeNow(text)
    done()
  }
}

/** Prints on stderr from a process that ends when this returns. */
export function writeNow(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody reads stderr, or not fast enough: the report to the parent matters more than its heading.
  }
}
