/**
 * A target in a child process of its own.
 *
 * Three events of the child matter, each for what it alone tells. `exit`: the process is gone, and how. `disconnect`:
 * everything it said has been read. `close` is not used: it waits for the pipes of stdout and stderr too, which a
 * grandchild may hold open for ever. So `exited` is reported on `exit`; and that no result came is decided when both
 * `exit` and `disconnect` have been, in whichever order, since a result may still be in the channel when its sender is
 * dead. Where `disconnect` does not come, since somebody else has the channel too, silence for a while stands for it.
 */
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { constants } from 'node:os'
import type { Writable } from 'node:stream'
import { bootstrapFile, currentProcess, decode, decodeError, encode, isFromChild, isHello } from '../child/index.ts'
import type { FromChild, TaskTarget, ToChild } from '../child/index.ts'
import {
  childFileNotFound,
  exitWithoutResult,
  spawnFailed,
  workerDied,
  type EndReason,
  type WorkerFate,
} from '../errors/index.ts'
import { clearTimeout, runsOn, setImmediate, setTimeout } from '../native/index.ts'
import type { ExecuteOptions, Execution, ExitStatus, Observer } from './execution.ts'
import { launchOf, missingBootstrap, type Launch } from './launch.ts'
import { Output } from './output.ts'
import { abandon, spawnChild, type StartedChild } from './spawn-child.ts'
import { threadHere } from './thread-here.ts'
import { keepSpare, takeSpare } from './warm-spare.ts'

/**
 * Milliseconds without a word, after which a child that has ended says no more, though its channel is still open: what it left there is
 * no more than a system's buffer, which is read in a few turns of the event loop.
 */
const LAST_WORDS = 1_000

/**
 * @throws CorepoolError `ERR_ARGS_NOT_CLONEABLE`, `ERR_PAYLOAD_TOO_LARGE` when the arguments have changed since they
 *   were checked; what listeners of this program throw, or RangeError where the stack ends. No child is left then; one that cannot be
 *   started is reported to the observer
 */
export function executeInChild(
  target: TaskTarget,
  args: readonly unknown[],
  options: ExecuteOptions,
  observer: Observer,
): Execution {
  checkStack()
  const { name, daemon, identity, warm } = options
  const token = randomUUID()
  const encoded = encode('args', args)
  const launch = launchOf(options)
  const refuse = (error: unknown): void => {
    observer.failed(error)
    observer.exited({ exitCode: null, signalCode: null })
    observer.silent()
  }
  const missing = missingBootstrap()
  if (missing !== null) {
    process.nextTick(refuse, childFileNotFound(name, bootstrapFile, missing))
    return neverRan
  }
  const child = (warm ? takeSpare(launch) : null) ?? spawnChild(launch)
  if (child.process === null) {
    const report = (cause: unknown): void => refuse(spawnFailed(name, launch.execPath, options.cwd, cause))
    if (child.failing !== null) child.failing.once('error', report)
    else process.nextTick(report, child.cause)
    return neverRan
  }
  try {
    // A child that is tied ends with the thread that made it in any case.
    const thread = child.isTied ? null : threadHere()
    const { name: parentName, ancestors } = currentProcess()
    const parent = { pid: process.pid, thread, name: parentName }
    const task = { parent, isTied: child.isTied, name, daemon, identity, ancestors, target, args: encoded }
    const warmth = warm ? launch : null
    const execution = new ChildExecution(child, name, ['run', token, task], launch.runsOtherCode, warmth, observer)
    if (daemon) execution.unref()
    return execution
  } catch (error) {
    abandon(child.process)
    throw error
  }
}

/** Slots of the stack, of 8 bytes each, that a launch certainly does with. */
const ROOM = 8192

/**
 * Node's spawn() leaves a child that nobody owns when the stack ends after its fork, and where V8 has a regular expression to compile there,
 * it ends this program.
 * @throws RangeError where the stack ends before a launch would be done
 */
function checkStack(): void {
  const slots: undefined[] = []
  slots.length = ROOM
  // A call with so many arguments, for which V8 makes sure that there is room; it takes 15 µs.
  Reflect.apply(() => {}, undefined, slots)
}

const neverRan: Execution = {
  pid: null,
  stdin: null,
  stdout: null,
  stderr: null,
  send() {},
  terminate() {},
  kill() {},
  ref() {},
  unref() {},
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
  #isHeard = false
  /** Runs from the end of the child until its channel is closed. */
  #lastWords: NodeJS.Timeout | undefined
  #isReady = false
  #hasOutcome = false
  #isSilent = false
  #status: ExitStatus | null = null
  /** What this program has ordered, under the signal by which such an end shows. */
  readonly #orders = new Map<NodeJS.Signals, EndReason>()
  /** What the child does not hear yet; null from the moment on when it does. */
  #unheard: ToChild[] | null
  /** How it was launched; null where no spare is to be kept for the next. */
  readonly #warmth: Launch | null

  /** @param awaitsHello what is sent before the child's first word is lost */
  constructor(
    { process: child, pid }: StartedChild,
    name: string,
    run: ToChild,
    awaitsHello: boolean,
    warmth: Launch | null,
    observer: Observer,
  ) {
    this.pid = pid
    this.#warmth = warmth
    this.stdin = child.stdin
    this.stdout = child.stdout === null ? null : new Output(child.stdout)
    this.stderr = child.stderr === null ? null : new Output(child.stderr)
    this.#child = child
    this.#name = name
    this.#token = run[1]
    this.#unheard = [run]
    this.#observer = observer
    // A child that does not read its input is no fault of this program; who writes hears of it in the write's callback.
    child.stdin?.on('error', () => {})
    child.on('message', (frame) => this.#receive(frame))
    child.once('disconnect', () => this.#silence())
    child.once('exit', (code, signal) => this.#exit(code, signal))
    // At once where that is safe: the child then gets to work even while this program's event loop is busy.
    if (!awaitsHello) this.#greet()
  }

  send(message: unknown): void {
    this.#say(['message', this.#token, encode('message', message)])
  }

  terminate(): void {
    this.#end('SIGTERM', 'terminated')
  }

  kill(reason: 'killed' | 'killTimeout' = 'killed'): void {
    this.#end('SIGKILL', reason)
  }

  ref(): void {
    this.#child.ref()
    this.#channel?.ref?.()
    this.stdout?.ref()
    this.stderr?.ref()
  }

  unref(): void {
    this.#child.unref()
    this.#channel?.unref?.()
    this.stdout?.unref()
    this.stderr?.unref()
  }

  /** Bun's has neither method: there the child's own are enough. */
  get #channel(): Partial<NonNullable<ChildProcess['channel']>> | null | undefined {
    return this.#child.channel
  }

  #end(signal: NodeJS.Signals, order: EndReason): void {
    if (this.#status !== null) return
    if (!this.#orders.has(signal)) this.#orders.set(signal, order)
    this.#child.kill(signal)
  }

  /** The child hears what it is sent. */
  #greet(): void {
    const unheard = this.#unheard ?? []
    this.#unheard = null
    for (const message of unheard) this.#say(message)
  }

  #say(message: ToChild): void {
    if (this.#unheard === null) this.#child.send(message, () => {})
    else this.#unheard.push(message)
  }

  #receive(message: unknown): void {
    this.#isHeard = true
    this.#lastWords?.refresh()
    if (isHello(message)) return this.#greet()
    if (isFromChild(message, this.#token)) this.#report(message)
  }

  #report(message: FromChild): void {
    switch (message[0]) {
      case 'ready':
        if (this.#isReady) return
        this.#isReady = true
        return this.#observer.ready()
      case 'result':
        return this.#conclude('result', () => decode('result', message[2]))
      case 'error':
        return this.#conclude('failed', () => decodeError(message[2], `${this.#name} (pid ${this.pid})`))
      case 'message':
        return this.#observer.message(() => decode('message', message[2]))
    }
  }

  /** The one outcome; bytes that cannot be read are a failure like any other. */
  #conclude(outcome: 'result' | 'failed', read: () => unknown): void {
    if (this.#hasOutcome) return
    this.#hasOutcome = true
    this.#deliver(outcome, read)
    // Last: whatever becomes of the spare, the outcome is known.
    this.#keepSpare()
  }

  #deliver(outcome: 'result' | 'failed', read: () => unknown): void {
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
    this.#keepSpare()
    if (!this.#isSilent) this.#awaitLastWords()
  }

  /**
   * What a program between the two leaves behind has the channel, too. And Deno does not tell that the channel has ended of a child
   * which died before it was heard, or in the middle of a message.
   */
  #awaitLastWords(): void {
    const isDeno = runsOn('deno')
    if (isDeno && !this.#isHeard) setImmediate(() => this.#isHeard || this.#silence())
    this.#lastWords = setTimeout(() => this.#listenOnceMore(), LAST_WORDS)
    // Elsewhere the channel keeps this program alive, as long as anything of the child should.
    if (!isDeno) this.#lastWords.unref()
  }

  /** After a long turn of the event loop the timer comes before what is in the channel. */
  #listenOnceMore(): void {
    this.#isHeard = false
    setImmediate(() => {
      if (this.#isHeard || this.#isSilent) return
      this.#silence()
      this.#child.disconnect()
    })
  }

  /** The last that it had to say has been heard. */
  #silence(): void {
    if (this.#isSilent) return
    this.#isSilent = true
    clearTimeout(this.#lastWords)
    this.#settle()
    this.#observer.silent()
  }

  /** A child that got to its target: the next of its kind will, too. */
  #keepSpare(): void {
    if (this.#isReady && this.#warmth !== null) keepSpare(this.#warmth, this.#status === null ? 'runs' : 'ended')
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
