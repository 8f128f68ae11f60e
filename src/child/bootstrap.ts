/**
 * The entry point of a child process: waits for one task, runs it, reports once, and lets the process end by itself.
 *
 * Everything here must survive the user's code, which runs in the same process and may replace what it likes: what is
 * needed afterwards is captured first, a report is flushed before the process may end, and the channel to the parent never
 * keeps the process alive. The parent's death ends this process; what Ctrl-C means is the parent's decision.
 */
import { writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { reservedMessage } from '../errors/index.ts'
import { binding } from '../native/index.ts'
import { enterProcess } from './current-process.ts'
import { encodeError, inspectSafely, isError } from './errors.ts'
import { loadTarget } from './load-target.ts'
import { watchParent } from './parent-watch.ts'
import { isToChild, type ChildTask, type FromChild, type Hello } from './protocol.ts'
import { decode, encode } from './values.ts'

// Not imported: `import { exit } from 'node:process'` in a target then finds the one that is put there below.
const { process, setTimeout: setTimer } = globalThis
const { apply, defineProperty } = Reflect
const arrayIteration = { value: Array.prototype[Symbol.iterator], writable: true, configurable: true }
const exit = process.exit.bind(process)
const send = process.send?.bind(process)
const listenerCount = process.listenerCount.bind(process)
const streamWrite: (this: Writable, text: string, done: () => void) => boolean = Writable.prototype.write

/** Milliseconds that a process which ends waits for its last words to be taken; a parent that is busy may not. */
const LAST_WORDS = 2_000

/** Outcomes that the channel has not taken yet. */
let unsent = 0
let isLeaving = false
const leaving = Symbol('process.exit()')

// Ctrl-C is left to the parent, with which this process ends.
process.on('SIGINT', ignore)
// Without the parent nobody wants the result.
process.once('disconnect', () => exit(1))
process.on('message', receive)
process.exit = leave
if (send !== undefined) process.send = guardedSend(send)
reply(['hello'])

function ignore(): void {}

function receive(message: unknown): void {
  if (!isToChild(message)) return
  const [, token, task] = message
  // From here on the channel is the user's: no listener of ours sees its messages, and it keeps nothing alive.
  process.removeListener('message', receive)
  process.channel?.unref()
  followParent(task.parent)
  enterProcess(task.name, task.daemon, task.identity)
  void run(token, task)
}

/**
 * Has this process end with its parent even when it is busy. The system watches the thread that made it: a child that a
 * worker_thread started ends with that thread, which is wanted.
 */
function followParent(parent: number): void {
  if (isChildOf(parent) && binding?.endWithParent(parent) === true) return
  // Where nothing ends a busy child with its parent, Ctrl-C must: such a child reads no channel.
  watchParent(parent, () => process.removeListener('SIGINT', ignore))
}

/** False when a program stands between (a wrapper as execPath), which the system would watch in the parent's place. */
function isChildOf(parent: number): boolean {
  if (process.ppid === parent) return true
  try {
    return !process.kill(parent, 0)
  } catch {
    // It is gone, and this process an orphan already.
    return true
  }
}

/** Node takes such messages for its own, and a parent that gets one unasked fails. */
function guardedSend(original: NonNullable<typeof process.send>): NonNullable<typeof process.send> {
  return (message: unknown, ...rest: unknown[]): boolean => {
    if (typeof message === 'object' && message !== null && Object.hasOwn(message, 'cmd')) {
      const cmd: unknown = Reflect.get(message, 'cmd')
      if (typeof cmd === 'string' && cmd.startsWith('NODE_')) throw reservedMessage(cmd)
    }
    return apply(original, process, [message, ...rest])
  }
}

async function run(token: string, task: ChildTask): Promise<void> {
  const disarm = reportUncaught(token, task)
  reply(['ready', token])
  let value: unknown
  try {
    const target = await loadTarget(task.target)
    value = await apply(target, undefined, decode(task.args) as unknown[])
  } catch (thrown) {
    disarm()
    return fail(token, task, thrown)
  }
  disarm()
  // Not awaited: the write keeps the process alive until it is done, and the user's timers and sockets as long as they
  // want.
  report(encodeResult(token, task, value), ignore)
}

/**
 * A value that cannot travel rejects the result and says so on stderr, since perhaps nobody awaits it; the target did its
 * work, so the exit code stays 0.
 */
function encodeResult(token: string, task: ChildTask, value: unknown): FromChild {
  try {
    return ['result', token, encode('result', value)]
  } catch (error) {
    write('stderr', `${heading(task)}${String(error)}\n`, ignore)
    return ['error', token, encodeError(error)]
  }
}

/**
 * The end of a target that threw: its stack on stderr under Python's heading, exit code 1. Timers and sockets that it
 * left behind do not run on, as after any uncaught error in Node.
 */
function fail(token: string, task: ChildTask, thrown: unknown): void {
  // First of all: whatever was replaced, and whoever does not read, this process ends.
  setTimer(() => exit(1), LAST_WORDS)
  process.exitCode = 1
  let open = 3
  const done = (): void => {
    open -= 1
    if (open === 0) exit(1)
  }
  report(['error', token, encodeError(thrown)], done)
  write('stderr', `${heading(task)}${isError(thrown) ? '' : 'Uncaught '}${inspectSafely(thrown)}\n`, done)
  write('stdout', '', done)
}

/**
 * An error thrown while the target is still awaited, in a timer say, ends the process as Node ends it; the monitor
 * changes nothing about that, and tells the parent first. Where the user handles such errors, there is nothing to tell.
 */
function reportUncaught(token: string, task: ChildTask): () => void {
  const monitor = (error: unknown): void => {
    if (listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return
    writeNow(heading(task))
    reply(['error', token, encodeError(error, true)])
  }
  process.on('uncaughtExceptionMonitor', monitor)
  return () => process.removeListener('uncaughtExceptionMonitor', monitor)
}

function heading(task: ChildTask): string {
  return `Process ${task.name}:\n`
}

/**
 * What the target gets as `process.exit`: an outcome that is still on its way is not cut off. The caller goes no
 * further all the same, and nothing that fails from now on is heard of.
 */
function leave(code?: number | string | null): never {
  if (unsent === 0) return exit(code)
  if (code !== undefined && code !== null) process.exitCode = code
  if (!isLeaving) {
    isLeaving = true
    setTimer(() => exit(), LAST_WORDS)
    process.removeAllListeners('uncaughtException').on('uncaughtException', ignore)
    if (process.hasUncaughtExceptionCaptureCallback()) process.setUncaughtExceptionCaptureCallback(null)
  }
  throw leaving
}

/** Sends the outcome; `done` when it is on its way, or cannot be any more. */
function report(frame: FromChild, done: () => void): void {
  unsent += 1
  reply(frame, () => {
    unsent -= 1
    if (isLeaving && unsent === 0) exit()
    done()
  })
}

function reply(frame: FromChild | Hello, done: () => void = ignore): void {
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

/** `done` when everything that was printed there is on its way. */
function write(name: 'stdout' | 'stderr', text: string, done: () => void): void {
  try {
    apply(streamWrite, process[name], [text, done])
  } catch {
    if (name === 'stderr') writeNow(text)
    done()
  }
}

function writeNow(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody reads stderr, or not fast enough: the report to the parent matters more than its heading.
  }
}
