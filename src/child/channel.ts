/**
 * The child's way out: what it says to its parent and prints, and its end, which cuts off neither.
 *
 * The user's code runs in the same process and may replace what it likes, so everything that is needed here was captured
 * before that code ran.
 */
import { Writable } from 'node:stream'
import { builtinModule } from './builtin-module.ts'
import { inspectSafely } from './inspect.ts'
import type { FromChild, Hello } from './protocol.ts'
import { isUncaught } from './uncaught.ts'

// Not imported: `import { exit } from 'node:process'` in a target then finds the one that the bootstrap puts there.
const { process, setImmediate: nextTurn, setTimeout: setTimer } = globalThis
const { apply, defineProperty, get } = Reflect
const { writeSync } = builtinModule('node:fs')
const arrayIteration = { value: Array.prototype[Symbol.iterator], writable: true, configurable: true }
const send = process.send?.bind(process)
const listeners = process.listeners.bind(process)
const hasCapture = process.hasUncaughtExceptionCaptureCallback.bind(process)
const setCapture = process.setUncaughtExceptionCaptureCallback.bind(process)
const streamWrite: (this: Writable, text: string, written: Written) => boolean = Writable.prototype.write
const { on: addListener, removeListener } = Writable.prototype

/** Called when a write is done, or has failed. */
type Written = (error?: Error | null) => void

/** Ends this process at once, whatever the user's code has put in its place. */
export const exit = process.exit.bind(process)

/** True from the moment on in which the runtime emits 'exit'. No name here is documented; all runtimes have it. */
export function isAtItsEnd(): boolean {
  return get(process, '_exiting') === true
}

/** Milliseconds that a process which ends waits for what it has printed to be taken. */
const LAST_WORDS = 2_000

/** What the parent is told and the channel has not taken yet: messages and the outcome. */
let unsent = 0
let isLeaving = false
/** What the process ends with that is leaving, whatever is said since. */
let endCode: number | string | null | undefined
/** The event 'exit' has begun. */
let isExiting = false
let heading = ''
const leaving = Symbol('process.exit()')

/** Node's exit code where what handles an uncaught error throws one. */
const HANDLER_FAILED = 7

interface Handle {
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize: number
  setBlocking(isBlocking: boolean): void
}

/** Node's handle of the channel, which has no name that is documented: undefined where there is none of that name. */
const handle = Object.getOwnPropertySymbols(process)
  .filter(({ description }) => description === 'kChannelHandle')
  .map((key): unknown => Reflect.get(process, key))[0] as Partial<Handle> | undefined

function ignore(): void {}

/** Changes the listeners of `process` or a stream of it. Node tells of that by what stands at its `emit`, which a target may have broken. */
export function quietly(change: () => void): void {
  try {
    change()
  } catch {
    // A listener that goes is gone by then; one that comes is missed only where errors find no handler either.
  }
}

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
 * Sends a message or the outcome. While one is on its way an uncaught error, which would end this process at once and cut it off,
 * ends it afterwards.
 * @param done it is on its way, or cannot be any more
 */
export function report(frame: FromChild, done: () => void = ignore): void {
  unsent += 1
  reply(frame, () => {
    unsent -= 1
    if (unsent === 0) {
      quietly(() => process.removeListener('uncaughtException', late))
      if (isLeaving) exit(endCode)
    }
    done()
  })
  if (!isOnItsWay() || listeners('uncaughtException').includes(late)) return
  quietly(() => process.on('uncaughtException', late))
}

/**
 * True while something would be cut off. What the system's buffer could take is safe already, though its callback comes a turn
 * later.
 */
export function isOnItsWay(): boolean {
  return unsent > 0 && handle?.writeQueueSize !== 0
}

/** True where an uncaught error does not end this process, or it is about to end by process.exit(). */
export function survivesErrors(): boolean {
  return isLeaving || listeners('uncaughtException').some((listener) => listener !== late) || hasCapture()
}

function late(error: unknown): void {
  if (!isUncaught() || survivesErrors()) return
  writeNow(`${heading}${inspectSafely(error)}\n`)
  endWhenSent(1)
}

/** @param text stands above an error on stderr */
export function headErrors(text: string): void {
  heading = text
}

/** True once process.exit() waits for what is on its way: nothing that happens until then matters. */
export function isEnding(): boolean {
  return isLeaving
}

/**
 * What the target gets as `process.exit`: what is still on its way is not cut off. The caller goes no further all the same; whoever
 * catches what it throws, and exits in his turn, changes nothing.
 */
export function leave(...given: [code?: number | string | null]): never {
  // Node tells no argument, after which process.exitCode counts, from undefined.
  if (isExiting || !(isLeaving || isOnItsWay())) return apply(exit, undefined, given)
  endWhenSent(given.length === 0 ? process.exitCode : given[0])
  throw leaving
}

/**
 * Calls what handles an uncaught error. An error that it throws, as process.exit() does while something is on its way, would end this
 * process at once.
 */
export function callHandler<T>(handler: () => T): T | true {
  try {
    return handler()
  } catch (error) {
    if (error === leaving) return true
    if (!isOnItsWay()) throw error
    writeNow(`${heading}${inspectSafely(error)}\n`)
    endWhenSent(HANDLER_FAILED)
    return true
  }
}

/** What the target gets as `process.setUncaughtExceptionCaptureCallback`. */
export function capture(handler: ((error: Error) => void) | null): void {
  setCapture(typeof handler === 'function' ? (error) => void callHandler(() => handler(error)) : handler)
}

/**
 * For the event 'exit', after which nothing is sent any more: what its listeners say is written before they go on. Not where the target
 * emits it itself: what is on its way would be cut off by a process.exit() that follows.
 */
export function sendAtOnce(): void {
  if (!isAtItsEnd()) return
  isExiting = true
  handle?.setBlocking?.(true)
}

/** Ends this process when all is sent; nothing that fails until then is heard of, and the first `code` counts. */
function endWhenSent(code: typeof endCode): void {
  if (isLeaving) return
  process.exitCode = code ?? undefined
  endCode = code
  isLeaving = true
  endAfterLastWords()
  for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event).on(event, ignore)
  if (hasCapture()) setCapture(null)
}

/**
 * Ends this process, whatever was replaced and whoever does not read what it prints; `process.exitCode` says how. A parent that is busy will
 * read what it is told, and with one that has ended nothing is left to send.
 */
export function endAfterLastWords(): void {
  const look = (): void => {
    if (unsent > 0 && process.connected) setTimer(look, LAST_WORDS)
    else if (isLeaving) exit(endCode)
    else exit()
  }
  setTimer(look, LAST_WORDS)
}

/**
 * As `console` prints: that a stream is full, or has no reader any more, is no error of the target's.
 * @param done everything that was printed there is on its way, or cannot be printed
 */
export function print(name: 'stdout' | 'stderr', text: string, done: () => void = ignore): void {
  let stopIgnoring = ignore
  try {
    const stream = process[name]
    stopIgnoring = ignoreErrors(stream)
    const written: Written = (error) => {
      // The event 'error' comes after this, in the same turn.
      if (error !== undefined && error !== null) nextTurn(ignoreErrors(stream))
      done()
    }
    apply(streamWrite, stream, [text, written])
  } catch {
    if (name === 'stderr') writeNow(text)
    done()
  } finally {
    stopIgnoring()
  }
}

/** @returns ends it */
function ignoreErrors(stream: Writable): () => void {
  quietly(() => apply(addListener, stream, ['error', ignore]))
  return () => quietly(() => apply(removeListener, stream, ['error', ignore]))
}

/** Prints on stderr from a process that ends when this returns. */
export function writeNow(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody reads stderr, or not fast enough: the report to the parent matters more than its heading.
  }
}
