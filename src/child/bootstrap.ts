/**
 * The entry point of a child process: waits for one task, runs it, reports once, and lets the process end by itself.
 *
 * Everything here must survive the user's code, which runs in the same process: what is needed afterwards is captured
 * first, a report is flushed before the process may end, and the channel to the parent never keeps the process alive.
 * The parent's death ends this process; Ctrl-C does not, since what it means is the parent's decision.
 */
import process from 'node:process'
import { writeSync } from 'node:fs'
import { enterProcess } from './current-process.ts'
import { encodeError, inspectSafely } from './errors.ts'
import { loadTarget } from './load-target.ts'
import { isToChild, type ChildTask, type FromChild } from './protocol.ts'
import { decode, encode } from './values.ts'

const exit = process.exit.bind(process)
const send = process.send?.bind(process)
const NativePromise = Promise
const listenerCount = process.listenerCount.bind(process)

process.on('SIGINT', () => {})
// Without the parent nobody wants the result. A loop that never yields is not reached by this; the parent kills those.
process.once('disconnect', () => exit(1))
process.on('message', receive)

function receive(message: unknown): void {
  if (!isToChild(message)) return
  const [, token, task] = message
  // From here on the channel is the user's: no listener of ours sees its messages, and it keeps nothing alive.
  process.removeListener('message', receive)
  process.channel?.unref()
  enterProcess(task.name, task.daemon, task.identity)
  void run(token, task)
}

async function run(token: string, task: ChildTask): Promise<void> {
  const disarm = reportUncaught(token, task)
  void reply(['ready', token])
  let value: unknown
  try {
    const target = await loadTarget(task.target)
    value = await Reflect.apply(target, undefined, decode(task.args) as unknown[])
  } catch (thrown) {
    disarm()
    return fail(token, task, thrown)
  }
  disarm()
  // Not awaited: the write keeps the process alive until it is done, and the user's timers and sockets as long as they
  // want.
  void reply(encodeResult(token, value))
}

/**
 * A value that cannot travel rejects the result and nothing else: the target did its work, so the exit code stays 0.
 */
function encodeResult(token: string, value: unknown): FromChild {
  try {
    return ['result', token, encode('result', value)]
  } catch (error) {
    return ['error', token, encodeError(error)]
  }
}

/**
 * The end of a target that threw: its stack on stderr under Python's heading, exit code 1. Timers and sockets that it
 * left behind do not run on, as after any uncaught error in Node.
 */
async function fail(token: string, task: ChildTask, thrown: unknown): Promise<void> {
  process.exitCode = 1
  const text = `${heading(task)}${thrown instanceof Error ? '' : 'Uncaught '}${inspectSafely(thrown)}\n`
  const writes = [reply(['error', token, encodeError(thrown)]), write('stderr', text), write('stdout', '')]
  // oxlint-disable-next-line eslint/no-await-in-loop -- all are under way; Promise.all is the user's to replace
  for (const done of writes) await done
  exit(1)
}

/**
 * An error thrown while the target is still awaited, in a timer say, ends the process as Node ends it; the monitor
 * changes nothing about that, and tells the parent first. Where the user handles such errors, there is nothing to tell.
 */
function reportUncaught(token: string, task: ChildTask): () => void {
  const report = (error: unknown): void => {
    if (listenerCount('uncaughtException') > 0) return
    writeNow(heading(task))
    void reply(['error', token, encodeError(error)])
  }
  process.once('uncaughtExceptionMonitor', report)
  return () => process.removeListener('uncaughtExceptionMonitor', report)
}

function heading(task: ChildTask): string {
  return `Process ${task.name}:\n`
}

/** Resolves when the frame is on its way, or cannot be any more. */
function reply(frame: FromChild): Promise<void> {
  return new NativePromise((resolve) => {
    if (send === undefined) return resolve()
    // With a callback a closed channel is reported there; without, it would be an 'error' event on the user's process.
    send(frame, undefined, undefined, () => resolve())
  })
}

function write(name: 'stdout' | 'stderr', text: string): Promise<void> {
  return new NativePromise((resolve) => {
    try {
      process[name].write(text, () => resolve())
    } catch {
      resolve()
    }
  })
}

function writeNow(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody reads stderr, or not fast enough: the report to the parent matters more than its heading.
  }
}
