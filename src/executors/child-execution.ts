/**
 * A target in a child process of its own.
 *
 * Three events of the child matter, each for what it alone tells. `exit`: the process is gone, and how. `disconnect`:
 * everything it said has been read. `close` is not used: it waits for the pipes of stdout and stderr too, which a
 * grandchild may hold open for ever. So `exited` is reported on `exit`; and that no result came is decided when both
 * `exit` and `disconnect` have been, in whichever order, since a result may still be in the channel when its sender is
 * dead.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { constants } from 'node:os'
import type { Writable } from 'node:stream'
import { decode, decodeError, encode, isFromChild, isHello } from '../child/index.ts'
import type { FromChild, TaskTarget, ToChild } from '../child/index.ts'
import { exitWithoutResult, spawnFailed, workerDied, type EndReason, type WorkerFate } from '../errors/index.ts'
import type { ExecuteOptions, Execution, ExitStatus, Observer } from './execution.ts'
import { launchOf } from './launch.ts'
import { Output } from './output.ts'

/**
 * @throws CorepoolError `ERR_ARGS_NOT_CLONEABLE`, `ERR_PAYLOAD_TOO_LARGE` when the arguments have changed since they
 *   were checked; a child that cannot be started is reported to the observer
 */
export function executeInChild(
  target: TaskTarget,
  args: readonly unknown[],
  options: ExecuteOptions,
  observer: Observer,
): Execution {
  const { name, daemon, identity } = options
  const token = randomUUID()
  const task = { parent: process.pid, name, daemon, identity, target, args: encode('args', args) }
  const message: ToChild = ['run', token, task]
  const launch = launchOf(options)
  const failed = (cause: unknown) => spawnFailed(name, launch.execPath, options.cwd, cause)
  let child: ChildProcess
  try {
    child = spawn(launch.execPath, launch.args, launch.options)
  } catch (cause) {
    return notLaunched(failed(cause), observer)
  }
  if (child.pid === undefined) {
    // Node tells why a moment later; it may also tell of the pipes that came to nothing.
    child.once('error', (cause) => reportFailure(failed(cause), observer)).on('error', () => {})
    return neverRan
  }
  return new ChildExecution(child, child.pid, name, message, launch.runsOtherCode, observer)
}

const neverRan: Execution = {
  pid: null,
  stdin: null,
  stdout: null,
  stderr: null,
  terminate() {},
  kill() {},
  ref() {},
  unref() {},
}

function notLaunched(error: Error, observer: Observer): Execution {
  process.nextTick(reportFailure, error, observer)
  return neverRan
}

function reportFailure(error: Error, observer: Observer): void {
  observer.failed(error)
  observer.exited({ exitCode: null, signalCode: null })
}

class ChildExecution implements Execution {
  readonly pid: number
  readonly stdin: Writable | null
  readonly stdout: Output | null
  readonly stderr: Output | null
  readonly #child: ChildProcess
  readonly #name: string
  readonly #token: string
  readonly #observer: Observer
  #isReady = false
  #hasOutcome = false
  #isSilent = false
  #status: ExitStatus | null = null
  /** What this program has ordered, under the signal by which such an end shows. */
  readonly #orders = new Map<NodeJS.Signals, EndReason>()
  /** Not sent yet. */
  #message: ToChild | null

  /**
   * @param awaitsHello other code runs in the child before ours, and may listen to its messages: what is sent before
   *   ours listens too would be lost
   */
  constructor(
    child: ChildProcess,
    pid: number,
    name: string,
    message: ToChild,
    awaitsHello: boolean,
    observer: Observer,
  ) {
    this.pid = pid
    this.stdin = child.stdin
    this.stdout = child.stdout === null ? null : new Output(child.stdout)
    this.stderr = child.stderr === null ? null : new Output(child.stderr)
    this.#child = child
    this.#name = name
    this.#token = message[1]
    this.#message = message
    this.#observer = observer
    // A child that does not read its input is no fault of this program; who writes hears of it in the write's callback.
    child.stdin?.on('error', () => {})
    // A signal that could not be sent, too: the child's end, when it comes, says all.
    child.on('error', () => {})
    child.on('message', (frame) => this.#receive(frame))
    child.once('disconnect', () => {
      this.#isSilent = true
      this.#settle()
    })
    child.once('exit', (code, signal) => this.#exit(code, signal))
    // At once where that is safe: the child then gets to work even while this program's event loop is busy.
    if (!awaitsHello) this.#run()
  }

  terminate(): void {
    this.#end('SIGTERM', 'terminated')
  }

  kill(reason: 'killed' | 'killTimeout' = 'killed'): void {
    this.#end('SIGKILL', reason)
  }

  ref(): void {
    this.#child.ref()
    this.#child.channel?.ref()
    this.stdout?.ref()
    this.stderr?.ref()
  }

  unref(): void {
    this.#child.unref()
    this.#child.channel?.unref()
    this.stdout?.unref()
    this.stderr?.unref()
  }

  #end(signal: NodeJS.Signals, order: EndReason): void {
    if (this.#status !== null) return
    if (!this.#orders.has(signal)) this.#orders.set(signal, order)
    this.#child.kill(signal)
  }

  /** Sends the task, once. */
  #run(): void {
    const message = this.#message
    this.#message = null
    if (message !== null) this.#child.send(message, () => {})
  }

  #receive(message: unknown): void {
    if (isHello(message)) return this.#run()
    if (isFromChild(message, this.#token) && !this.#hasOutcome) this.#report(message)
  }

  #report(message: FromChild): void {
    switch (message[0]) {
      case 'ready':
        if (this.#isReady) return
        this.#isReady = true
        return this.#observer.ready()
      case 'result':
        return this.#conclude('result', () => decode(message[2]))
      case 'error':
        return this.#conclude('failed', () => decodeError(message[2], `${this.#name} (pid ${this.pid})`))
    }
  }

  /** The one outcome; bytes that cannot be read are a failure like any other. */
  #conclude(outcome: 'result' | 'failed', read: () => unknown): void {
    this.#hasOutcome = true
    let value: unknown
    try {
      value = read()
    } catch (error) {
      return this.#observer.failed(error)
    }
    this.#observer[outcome](value)
  }

  #exit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#status = { exitCode: signal === null ? code : -constants.signals[signal], signalCode: signal }
    this.stdout?.childExited()
    this.stderr?.childExited()
    this.#observer.exited(this.#status)
    this.#settle()
  }

  #settle(): void {
    if (this.#status === null || !this.#isSilent || this.#hasOutcome) return
    const { exitCode, signalCode } = this.#status
    const fate: WorkerFate = { pid: this.pid, exitCode, signal: signalCode, reason: this.#reason(signalCode) }
    this.#conclude('failed', () =>
      fate.reason === 'exit'
        ? exitWithoutResult(this.#name, fate, this.#orders.has('SIGTERM'))
        : workerDied(this.#name, fate),
    )
  }

  #reason(signal: NodeJS.Signals | null): EndReason {
    if (signal !== null) return this.#orders.get(signal) ?? 'signal'
    return this.#isReady ? 'exit' : 'boot'
  }
}
