/**
 * Python's multiprocessing.Process: a target that runs somewhere else, and the one object by which it is started,
 * watched, ended and waited for.
 *
 * Knows nothing of child processes or kernels: it sees an Execution. What the target does never throws here: it settles
 * `result`, and only what the caller does wrong is thrown.
 */
import type { Readable, Writable } from 'node:stream'
import { hasAborted, onAbort } from '../arguments/index.ts'
import { currentProcess, holdBy, Inbox, nextIdentity, noteProcessClass, STARTED_BY } from '../child/index.ts'
import {
  aborted,
  alreadyStarted,
  daemonChild,
  invalidType,
  invalidValue,
  nestedTooDeep,
  runsInsteadOfChild,
  startedWhileLoading,
} from '../errors/index.ts'
import { execute, prepareTarget } from '../executors/index.ts'
import type { Execution, ExitStatus, PreparedTarget, Target } from '../executors/index.ts'
import { clearTimeout, setImmediate, setTimeout } from '../native/index.ts'
import { deferred } from './deferred.ts'
import { checkBoolean, LONGEST_TIMEOUT, readProcessOptions, type ProcessOptions, type Settings } from './options.ts'
import { transition, type InnerState, type ProcessState, type Request } from './state.ts'

noteProcessClass()

/** The arguments of the target: required unless it can do without. */
export type Args<A extends unknown[]> = [] extends A ? { args?: A } : { args: A }

const active = new Set<Process>()

/** The processes that this one (this thread of it) has started and that run, oldest first; kernels, too. */
export function activeChildren(): Process[] {
  return [...active]
}

/** Processes that may stand one below the other under the main program: what the start guard does not see ends here. */
const DEEPEST = 16

/** Milliseconds before force where nobody chose a killTimeout and nobody is left to decide. */
const DEFAULT_KILL_TIMEOUT = 5_000

/**
 * A target in a process of its own; a kernel runs on this process's pool under the same surface.
 *
 * @example
 * const p = new Process({ target: (n: number) => n * n, args: [10] })
 * p.start()
 * await p.result // 100
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a Process of any target; A and R are inferred from the target
export class Process<A extends unknown[] = any[], R = any> {
  readonly #settings: Omit<Settings, 'target' | 'args'>
  readonly #identity: readonly number[]
  /** Released by start(): a Process that is kept does not keep its arguments. */
  #prepared: PreparedTarget | null
  #name: string
  #daemon: boolean
  #state: InnerState = 'initial'
  #execution: Execution | null = null
  #status: ExitStatus = { exitCode: null, signalCode: null }
  readonly #ready = deferred<void>()
  readonly #result = deferred<Awaited<R>>()
  readonly #exited = deferred<ExitStatus>()
  /** The result has come, or never will. */
  #hasOutcome = false
  readonly #inbox = new Inbox()
  #killTimer: NodeJS.Timeout | undefined
  /** While somebody waits, a daemon too keeps this program alive. */
  readonly #hold = holdBy(
    () => this.#daemon && this.#execution?.ref(),
    () => this.#daemon && this.#execution?.unref(),
  )

  /**
   * Checks everything but a kernel's operands, which start() checks; starts nothing. `args` are copied, their contents by start().
   * @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_ARGS_NOT_CLONEABLE` with the path of
   *   the culprit, `ERR_PAYLOAD_TOO_LARGE`; TargetError `ERR_TARGET_CAPTURES` for a function that uses what does not
   *   exist in a child, `ERR_TARGET_NOT_FOUND`
   */
  constructor(options: { target: Target<A, R> } & Args<A> & ProcessOptions) {
    const { target, args, ...settings } = readProcessOptions(options)
    this.#prepared = prepareTarget(target, args, Process)
    this.#settings = settings
    this.#identity = nextIdentity()
    this.#name = settings.name ?? `Process-${this.#identity.join(':')}`
    this.#daemon = settings.daemon ?? currentProcess().daemon
  }

  /** For messages; may be changed at any time, need not be unique. */
  get name(): string {
    return this.#name
  }

  set name(value: string) {
    if (typeof value !== 'string') throw invalidType('name', 'a string', value)
    this.#allow('use')
    this.#name = value
  }

  /** Whether it ends with this program instead of keeping it alive; may be changed until start(). */
  get daemon(): boolean {
    return this.#daemon
  }

  set daemon(value: boolean) {
    this.#allow('configure')
    this.#daemon = checkBoolean('daemon', value)
  }

  get state(): ProcessState {
    return this.#state === 'starting' ? 'initial' : this.#state
  }

  /** The process that the target runs in; null before start(), and when it could not be started. */
  get pid(): number | null {
    this.#allow('use')
    return this.#execution?.pid ?? null
  }

  /**
   * 0: the target returned. 1: it threw. N: `process.exit(N)`. −N: ended by signal N. null: not started, or still
   * running.
   */
  get exitCode(): number | null {
    this.#allow('use')
    return this.#status.exitCode
  }

  /** The signal that ended it. */
  get signalCode(): NodeJS.Signals | null {
    this.#allow('use')
    return this.#status.signalCode
  }

  /** The child's input; null unless `stdio: 'pipe'`, and before start(). Likewise `stdout` and `stderr`. */
  get stdin(): Writable | null {
    this.#allow('use')
    return this.#execution?.stdin ?? null
  }

  /**
   * What the child prints. Unread it holds up nothing: the first mebibyte is kept, the rest dropped. Reading what a
   * daemon prints does not keep this program alive.
   */
  get stdout(): Readable | null {
    this.#allow('use')
    return this.#execution?.stdout ?? null
  }

  get stderr(): Readable | null {
    this.#allow('use')
    return this.#execution?.stderr ?? null
  }

  /**
   * Settles when the child runs; rejects when it never does.
   * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED`
   */
  get ready(): Promise<void> {
    this.#allow('await the readiness of')
    return this.#hold(this.#ready.promise)
  }

  /**
   * What the target returned, or rejects with what it threw; TaskError `ERR_WORKER_DIED`, `ERR_EXIT_WITHOUT_RESULT`,
   * `ERR_SPAWN_FAILED`, `ERR_RESULT_NOT_CLONEABLE` or AbortError when it returned nothing. A rejection that nobody
   * awaits is no unhandled one; the diagnostics channel `corepool:process.failed` tells of each.
   * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED`
   */
  get result(): Promise<Awaited<R>> {
    this.#allow('await the result of')
    return this.#hold(this.#result.promise)
  }

  /** How it ended; never rejects. @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED` */
  get exited(): Promise<ExitStatus> {
    this.#allow('await the exit of')
    return this.#hold(this.#exited.promise)
  }

  /**
   * Launches the target; its pid is known when this returns. A launch that the system refuses leaves the pid null and
   * rejects `ready` and `result`.
   * @throws ProcessStateError `ERR_CLOSED`, `ERR_ALREADY_STARTED`, `ERR_DAEMON_CHILD`; TargetError
   *   `ERR_TARGET_LOAD_FAILED` in a module that a child loads and that would start the next one; `ERR_NOT_SUPPORTED` 16 processes
   *   below the main program, or where the child would run this program again (a single executable application); what a kernel throws for its operands; the constructor's errors for arguments that have become wrong since. The process is then as if start() had not been called
   */
  start(): this {
    const before = this.#state
    this.#state = transition(before, 'start', this.#name)
    try {
      this.#start(transition(this.#state, 'launch', this.#name))
    } catch (error) {
      // What was launched is started, and stays so.
      if (this.#state === 'starting') this.#state = before
      throw error
    }
    return this
  }

  /**
   * Waits for the end, however it comes.
   * @param timeout milliseconds; 0 or less looks once, after a turn of the event loop; absent or beyond 2^31 − 1: no
   *   limit
   * @returns true when it has ended, false when the time was up; never rejects for what the target did
   * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED`; CorepoolError for a timeout that is no number
   */
  join(timeout?: number): Promise<boolean> {
    if (timeout !== undefined && typeof timeout !== 'number') {
      throw invalidType('timeout', 'a number of milliseconds', timeout)
    }
    if (Number.isNaN(timeout)) throw invalidValue('timeout', 'a number of milliseconds', timeout)
    this.#allow('join')
    const ended = this.#exited.promise.then(() => true)
    if (timeout === undefined || timeout > LONGEST_TIMEOUT) return this.#hold(ended)
    return this.#hold(this.#endWithin(timeout, ended))
  }

  /** True from start() until the process is gone. @throws ProcessStateError `ERR_CLOSED` */
  isAlive(): boolean {
    this.#allow('use')
    return this.#state === 'started'
  }

  /**
   * Sends a structured clone of `message`, which the target reads from `parentProcess().messages()`; without effect after the end.
   * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED`; CorepoolError `ERR_ARGS_NOT_CLONEABLE` with the path of the
   *   culprit, `ERR_PAYLOAD_TOO_LARGE`, `ERR_NOT_SUPPORTED` for a kernel
   */
  send(message: unknown): void {
    this.#allow('send to')
    this.#execution?.send(message)
  }

  /**
   * What the child sends by `parentProcess().send()`, in order, kept until it is read; ends when the child can send no more.
   * Each message is given out once, however many iterators there are; `ERR_ARGS_NOT_CLONEABLE` rejects in the place of one that
   * cannot be read here.
   * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED`
   */
  messages(): AsyncIterableIterator<unknown> {
    this.#allow('read the messages of')
    return this.#inbox.iterate(this.#hold)
  }

  /**
   * Sends SIGTERM, or cancels a kernel; without effect after the end. A child that handles SIGTERM may go on; it is
   * killed after `killTimeout`, where that option was given.
   * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED`
   */
  terminate(): void {
    this.#allow('terminate')
    this.#terminate(this.#settings.killTimeout)
  }

  /**
   * Sends SIGKILL, or cancels a kernel; without effect after the end.
   * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_CLOSED`
   */
  kill(): void {
    this.#allow('kill')
    if (this.#state !== 'started') return
    this.#execution?.kill()
    void this.#hold(this.#exited.promise)
  }

  /**
   * Lets go of everything; afterwards only `name`, `daemon` and `state` can be read.
   * @throws ProcessStateError `ERR_STILL_RUNNING`
   */
  close(): void {
    this.#state = transition(this.#state, 'close', this.#name)
    this.#execution = null
    this.#prepared = null
  }

  /** terminate(), then kill() after `killTimeout` or 5,000 ms; waits for the end; close(). */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'started') {
      this.#terminate(this.#settings.killTimeout ?? DEFAULT_KILL_TIMEOUT)
      await this.#exited.promise
    }
    this.close()
  }

  #allow(request: Request): void {
    this.#state = transition(this.#state, request, this.#name)
  }

  /** @param started the state once it is launched */
  #start(started: InnerState): void {
    const parent = currentProcess()
    const prepared = this.#prepared
    const isChild = prepared?.engine === 'child'
    const loading = parent.moduleOnItsWay(isChild ? prepared.target : null)
    if (loading !== null) throw startedWhileLoading(this.#name, loading)
    if (isChild && parent.runsInstead) throw runsInsteadOfChild(this.#name, process.env[STARTED_BY] ?? '', STARTED_BY)
    if (parent.daemon) throw daemonChild(this.#name, parent.name)
    if (isChild && parent.identity.length >= DEEPEST) throw nestedTooDeep(this.#name, DEEPEST)
    // Only start() and close() let go of it, and neither can be before a start() that the states allow.
    if (prepared === null) throw alreadyStarted(this.#name)
    const { signal } = this.#settings
    let isAborted = signal !== undefined && hasAborted(signal)
    const abort = (): void => {
      isAborted = true
      // What aborts before the process is started, a trap or a getter in the arguments, is obeyed when it is.
      if (signal !== undefined && this.#state === 'started') this.#abort(signal)
    }
    // Before the launch: a signal may be a Proxy, whose traps throw.
    const stopWaiting = signal === undefined || isAborted ? undefined : onAbort(signal, abort)
    try {
      if (stopWaiting !== undefined) void this.#exited.promise.then(stopWaiting)
      if (!isAborted) this.#execution = this.#launch(prepared)
    } catch (error) {
      stopWaiting?.()
      throw error
    }
    this.#prepared = null
    this.#state = started
    if (this.#execution === null) this.#inbox.end()
    if (this.#execution === null || this.#execution.pid === null) this.#stop()
    if (signal !== undefined && isAborted) this.#abort(signal)
  }

  #launch(prepared: PreparedTarget): Execution {
    const options = {
      ...this.#settings.surroundings,
      name: this.#name,
      daemon: this.#daemon,
      identity: this.#identity,
    }
    const execution = execute(prepared, options, {
      ready: () => this.#ready.resolve(),
      result: (value) => {
        this.#hasOutcome = true
        this.#result.resolve(value as Awaited<R>)
      },
      failed: (error) => this.#fail(error),
      exited: (status) => {
        active.delete(this)
        this.#status = status
        this.#stop()
      },
      message: (read) => this.#inbox.add(read),
      silent: () => this.#inbox.end(),
    })
    if (execution.pid !== null) active.add(this)
    return execution
  }

  /** What has settled before stays as it is. */
  #fail(error: unknown): void {
    this.#ready.reject(error)
    if (this.#hasOutcome) return
    this.#hasOutcome = true
    this.#result.reject(error)
    // For whoever wants to hear of every result that is rejected, whether or not somebody awaits it.
    const failures = process.getBuiltinModule('node:diagnostics_channel').channel('corepool:process.failed')
    if (failures.hasSubscribers) failures.publish({ name: this.#name, pid: this.#execution?.pid ?? null, error })
  }

  /** Called again, when a launch that has failed is explained, it changes nothing. */
  #stop(): void {
    if (this.#state === 'started') this.#state = transition(this.#state, 'end', this.#name)
    clearTimeout(this.#killTimer)
    this.#exited.resolve(this.#status)
  }

  #abort(signal: AbortSignal): void {
    this.#fail(aborted(this.#name, signal))
    this.#terminate(this.#settings.killTimeout ?? DEFAULT_KILL_TIMEOUT)
  }

  #terminate(killTimeout: number | undefined): void {
    if (this.#state !== 'started') return
    const execution = this.#execution
    execution?.terminate()
    void this.#hold(this.#exited.promise)
    // The first request counts: asking again does not put force off.
    if (killTimeout !== undefined) this.#killTimer ??= setTimeout(() => execution?.kill('killTimeout'), killTimeout)
  }

  /**
   * A turn of the event loop even for 0, or a loop that asks again and again would never see the end. When the time is up, what the
   * system has to tell is heard first: after a long turn the timer comes before the end of a child that had ended in time.
   */
  async #endWithin(timeout: number, ended: Promise<boolean>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(setImmediate, Math.max(0, timeout), () => resolve(this.#state !== 'started'))
    })
    const hasEnded = await Promise.race([ended, late])
    clearTimeout(timer)
    return hasEnded
  }
}
