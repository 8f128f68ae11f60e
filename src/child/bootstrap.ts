/**
 * The entry point of a child process: waits for one task, runs it, reports once, and lets the process end by itself.
 *
 * Everything here must survive the user's code, which runs in the same process and may replace what it likes: what is
 * needed afterwards is captured first, a report is flushed before the process may end, and the channel to the parent never
 * keeps the process alive. The parent's death ends this process; what Ctrl-C means is the parent's decision.
 *
 * The build makes one CommonJS file of this and what it imports (scripts/bundle.mjs): two dozen ES modules would take as long to
 * load as Node itself takes to start.
 */
import { handleNotSent, reservedMessage } from '../errors/index.ts'
import {
  callHandler,
  capture,
  endAfterLastWords,
  exit,
  headErrors,
  isEnding,
  isOnItsWay,
  leave,
  print,
  quietly,
  reply,
  report,
  sendAtOnce,
  survivesErrors,
  writeNow,
} from './channel.ts'
import { beforeCredentialsChange } from './credentials.ts'
import { enterProcess, noteBootstrap } from './current-process.ts'
import type { FunctionSource } from './function-source.ts'
import { inspectSafely, isError } from './inspect.ts'
import { importModule, loadTarget } from './load-target.ts'
import { linkToParent } from './parent-link.ts'
import { watchParent } from './parent-watch.ts'
import { ASK_HELLO, isRehearse, isRun, type ChildTask, type FromChild } from './protocol.ts'
import { emitEnd, prepareQuickEnd } from './quick-end.ts'
import { moduleOnItsWay, watchLoads, withItsOrigin } from './start-guard.ts'
import { encodeError } from './thrown.ts'
import { emitError, isUncaught } from './uncaught.ts'
import { decode, encode, encodeBytes, isWritable } from './values.ts'

// Not imported: see channel.ts.
const { process } = globalThis
const { apply, defineProperty } = Reflect
const listenerCount = process.listenerCount.bind(process)
const listen = process.on.bind(process)
const { nextTick } = process

// What Ctrl-C means is the parent's decision, also before it has said what to do.
process.on('SIGINT', ignore)
// Without the parent nobody wants the result. The target may emit this, too.
process.on('disconnect', () => {
  if (!process.connected) exit(1)
})
process.on('message', receive)
process.exit = leave
process.setUncaughtExceptionCaptureCallback = capture
// No prototype: what was put on Object.prototype must not become part of it.
const emitting = { __proto__: null, value: guardedEmit(process.emit), writable: true, configurable: true }
defineProperty(process, 'emit', emitting as PropertyDescriptor)
process.on('exit', sendAtOnce)
if (process.send !== undefined) process.send = guardedSend(process.send)
// Node throws a rejection that nobody handles; Bun would end this process, and tell no monitor.
if (process.versions['bun'] !== undefined) process.on('unhandledRejection', throwUnlessHandled)
noteBootstrap()
// What the parent asks for on the command line is none of the target's business.
if (process.argv.splice(2).includes(ASK_HELLO)) reply(['hello'])

function ignore(): void {}

function throwUnlessHandled(reason: unknown): void {
  if (listenerCount('unhandledRejection') === 1) throw reason
}

/** The source of a function that does nothing. */
const NOTHING: FunctionSource = {
  name: '',
  text: '() => {}',
  strict: true,
  file: null,
  line: 0,
  column: 0,
  importsDynamically: false,
  ownUrl: null,
  nameKeepers: [],
  requires: false,
  imported: [],
}

let rehearsal: NodeJS.Immediate | undefined
/** Node ends this process by an error, which it prints after the event 'exit'. */
let isFailing = false
/** Takes what the parent sends to the target; undefined until there is one. */
let deliver: ((frame: unknown) => boolean) | undefined

/**
 * A whole task of no consequence, done by a spare while nobody waits: what V8 and Node do when code runs for the first time (compile
 * it, set up the loader of modules) took half of the time from the task to its result. The parent that gets its frames knows no
 * such token, and drops them.
 */
function rehearse(addon: string | null): void {
  const parent = { pid: process.ppid, thread: null, name: '' }
  const target = ['function', NOTHING] as const
  begin('', {
    parent,
    isTied: true,
    name: '',
    daemon: false,
    identity: [],
    ancestors: [],
    target,
    args: encodeBytes('args', [0]),
  })
  // Any small module will do. Where the permission model refuses it, it will refuse the target's too, and say so then.
  importModule(new URL('./hold.js', import.meta.url).href).catch(ignore)
  prepareQuickEnd(addon)
}

/**
 * Takes what the parent says; false for anything else on the channel. Node keeps a message only as long as nobody listens at all,
 * and a library may: so ours are taken from the start, and kept by us.
 */
function receive(frame: unknown): boolean {
  if (deliver !== undefined) return deliver(frame)
  if (isRehearse(frame)) {
    // A turn later: a task that has come meanwhile goes first.
    rehearsal = setImmediate(rehearse, frame[1])
    return true
  }
  if (!isRun(frame)) return false
  const [, token, task] = frame
  clearImmediate(rehearsal)
  // From here on the channel is the user's, too: that we go on listening to it keeps nothing alive.
  process.channel?.unref()
  deliver = begin(token, task)
  return true
}

/** @returns takes what the parent sends to the target */
function begin(token: string, task: ChildTask): (frame: unknown) => boolean {
  followParent(task)
  headErrors(heading(task))
  // The rehearsal loads a module of ours, and must leave no context behind.
  if (task.identity.length > 0) watchLoads()
  const ancestors = withItsOrigin(task.ancestors, task.target)
  const { parent, deliver: take } = linkToParent(task.parent, token)
  enterProcess({ ...task, ancestors, parent }, moduleOnItsWay)
  void run(token, task)
  return take
}

/** Has this process end with its parent even when it is busy: by the system, where that was asked for, or by a thread that looks. */
function followParent({ isTied, parent }: ChildTask): void {
  // Where nothing ends a busy child with its parent, Ctrl-C must: such a child reads no channel.
  const watch = (program?: URL): void => watchParent(parent, () => process.removeListener('SIGINT', ignore), program)
  // A program that stands between the two (a wrapper as execPath) is tied in the place of this one.
  if (isTied && process.ppid === parent.pid) beforeCredentialsChange(watch)
  else watch()
}

/**
 * Keeps from the parent what makes it fail: messages that Node takes for its own, those beyond what a length in its channel can say,
 * and servers and sockets, which would stay open there, are refused. In the place of other objects goes a null: the parent drops what
 * is not ours in any case, and would end by what its version of Node cannot read.
 */
function guardedSend(original: NonNullable<typeof process.send>): NonNullable<typeof process.send> {
  return (message: unknown, ...rest: unknown[]): boolean => {
    if (typeof message === 'object' && message !== null && Object.hasOwn(message, 'cmd')) {
      const cmd: unknown = Reflect.get(message, 'cmd')
      if (typeof cmd === 'string' && cmd.startsWith('NODE_')) throw reservedMessage(cmd)
    }
    if (typeof rest[0] === 'object' && rest[0] !== null) throw handleNotSent()
    const isReplaced = isWritable('message', message) && typeof message === 'object'
    return apply(original, process, [isReplaced ? null : message, ...rest])
  }
}

/**
 * Node emits by what stands here. What the parent says goes to us alone, whoever else listens; and what a handler of uncaught errors
 * throws must not cut off what is on its way.
 */
function guardedEmit(original: typeof process.emit): (...event: unknown[]) => boolean {
  return (...event) => {
    // By its index: the target may have replaced the iteration of arrays.
    const name = event[0]
    if (name === 'message' && receive(event[1])) return true
    // Whoever removes all listeners, as a library does that tidies up, removes ours.
    if (name === 'removeListener' && event[2] === receive) nextTick(listen, 'message', receive)
    const emit = (): boolean => apply(original, process, event)
    // Who has replaced this may go on when it returns.
    if (name === 'exit' && !isFailing && process.emit === emitting.value) return emitEnd(emit)
    if (name !== 'uncaughtException' && name !== 'uncaughtExceptionMonitor') return emit()
    const isHeard = callHandler(() => emitError(emit))
    if (name === 'uncaughtException') isFailing = !isHeard && isUncaught()
    return isHeard
  }
}

async function run(token: string, task: ChildTask): Promise<void> {
  const disarm = reportUncaught(token, task)
  reply(['ready', token])
  let value: unknown
  try {
    const target = await loadTarget(task.target)
    value = await apply(target, undefined, decode('args', task.args) as unknown[])
  } catch (thrown) {
    disarm()
    if (isEnding()) return
    return fail(token, task, thrown)
  }
  disarm()
  if (isEnding()) return
  // Not awaited: the write keeps the process alive until it is done, and the user's timers and sockets as long as they
  // want.
  report(encodeResult(token, task, value))
}

/**
 * A value that cannot travel rejects the result and says so on stderr, since perhaps nobody awaits it; the target did its
 * work, so the exit code stays 0.
 */
function encodeResult(token: string, task: ChildTask, value: unknown): FromChild {
  try {
    return ['result', token, encode('result', value)]
  } catch (error) {
    print('stderr', `${heading(task)}${inOneLine(error)}\n`)
    return ['error', token, encodeError(error)]
  }
}

function inOneLine(error: unknown): string {
  try {
    return `${error as Error}`
  } catch {
    // The target has replaced what makes a text of an error.
    return inspectSafely(error)
  }
}

/**
 * The end of a target that threw: its stack on stderr under Python's heading, exit code 1. Timers and sockets that it
 * left behind do not run on, as after any uncaught error in Node.
 */
function fail(token: string, task: ChildTask, thrown: unknown): void {
  process.exitCode = 1
  endAfterLastWords()
  let open = 3
  const done = (): void => {
    open -= 1
    if (open === 0) exit(1)
  }
  report(['error', token, encodeError(thrown)], done)
  print('stderr', `${heading(task)}${isError(thrown) ? '' : 'Uncaught '}${inspectSafely(thrown)}\n`, done)
  print('stdout', '', done)
}

/**
 * An error thrown while the target is still awaited, in a timer say, ends the process as Node ends it; the monitor
 * changes nothing about that, and tells the parent first. Where the user handles such errors, there is nothing to tell.
 */
function reportUncaught(token: string, task: ChildTask): () => void {
  const monitor = (error: unknown): void => {
    if (!isUncaught() || survivesErrors()) return
    // Small where it is to get through at once. What does not, behind a message that is on its way or where the parent does not read, has
    // this process wait, which is then told of the error on stderr, too.
    report(['error', token, encodeError(error, !isOnItsWay())])
    if (!isOnItsWay()) writeNow(heading(task))
  }
  process.on('uncaughtExceptionMonitor', monitor)
  return () => quietly(() => process.removeListener('uncaughtExceptionMonitor', monitor))
}

function heading(task: ChildTask): string {
  return `Process ${task.name}:\n`
}
