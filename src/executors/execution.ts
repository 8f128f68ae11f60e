/**
 * The contract between a Process and whatever runs its target: a child process, or this process's own pool.
 *
 * An execution reports to its observer, never before execute() has returned: `ready` at most once and first; then
 * exactly one of `result` and `failed`; `exited` exactly once; and `silent` exactly once, when no `message` comes any more. The
 * outcome and messages may come shortly after `exited`: a child's last words are read when it is already gone.
 */
import type { Readable, Writable } from 'node:stream'

/** How a target ended: `exitCode` is −N for signal N, as Python has it; both are null when it was never started. */
export interface ExitStatus {
  readonly exitCode: number | null
  readonly signalCode: NodeJS.Signals | null
}

export interface Observer {
  ready(): void
  result(value: unknown): void
  failed(error: unknown): void
  exited(status: ExitStatus): void
  /** @param read gives it, and throws `ERR_ARGS_NOT_CLONEABLE` where it cannot be read here */
  message(read: () => unknown): void
  silent(): void
}

export interface Execution {
  /** null: the operating system did not start it. */
  readonly pid: number | null
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /**
   * Sends a copy; without effect after the end.
   * @throws CorepoolError `ERR_ARGS_NOT_CLONEABLE`, `ERR_PAYLOAD_TOO_LARGE`, `ERR_NOT_SUPPORTED`
   */
  send(message: unknown): void
  /** Asks for the end; without effect afterwards. */
  terminate(): void
  /**
   * Ends it, whatever it does; without effect afterwards.
   * @param reason `killTimeout`: it was asked to end before; absent: `killed`
   */
  kill(reason?: 'killed' | 'killTimeout'): void
  /** Whether it keeps this program alive; it does until unref() is called, but for a daemon, which does not until ref() is. */
  ref(): void
  unref(): void
}

/** Who the child is, and in which surroundings it runs. Every field is there, so that none is read from a prototype. */
export interface ExecuteOptions {
  readonly name: string
  readonly daemon: boolean
  readonly identity: readonly number[]
  /** The whole environment; undefined: this process's at the time of the start. Likewise the three that follow. */
  readonly env: Readonly<Record<string, string>> | undefined
  readonly cwd: string | undefined
  readonly execPath: string | undefined
  readonly execArgv: readonly string[] | undefined
  readonly stdio: 'inherit' | 'pipe' | 'ignore'
  /** Whether a spare child may be used, and one kept for the next. */
  readonly warm: boolean
}
