/**
 * The one error tree of the package. Every error carries a stable `code`; the class says what a caller would do about it.
 * Nothing here words a message: that is the business of the files beside this one.
 */

/** Every code that an error of this package can carry. */
export type ErrorCode =
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_INVALID_ARG_VALUE'
  | 'ERR_NOT_STARTED'
  | 'ERR_ALREADY_STARTED'
  | 'ERR_STILL_RUNNING'
  | 'ERR_CLOSED'
  | 'ERR_DAEMON_CHILD'
  | 'ERR_TARGET_CAPTURES'
  | 'ERR_TARGET_NOT_FOUND'
  | 'ERR_TARGET_LOAD_FAILED'
  | 'ERR_ARGS_NOT_CLONEABLE'
  | 'ERR_RESULT_NOT_CLONEABLE'
  | 'ERR_PAYLOAD_TOO_LARGE'
  | 'ERR_KERNEL_SYNTAX'
  | 'ERR_KERNEL_UNSUPPORTED'
  | 'ERR_LENGTH_MISMATCH'
  | 'ERR_DTYPE'
  | 'ERR_DETACHED'
  | 'ERR_RESIZABLE'
  | 'ERR_OVERLAP'
  | 'ERR_BUFFER_IN_USE'
  | 'ERR_OUT_OF_MEMORY'
  | 'ERR_NATIVE_PANIC'
  | 'ERR_BINDING_LOAD'
  | 'ERR_WORKER_DIED'
  | 'ERR_EXIT_WITHOUT_RESULT'
  | 'ABORT_ERR'
  | 'ERR_SPAWN_FAILED'
  | 'ERR_NOT_SUPPORTED'
  | 'ERR_REMOTE'

/**
 * Marks the prototypes of this tree, also those of another copy of this package in the same process: the child's entry point
 * is one file with a copy of its own.
 */
export const brand: symbol = Symbol.for('corepool.error')

/** Gives a prototype what all of its errors inherit. */
function inherit(prototype: object, key: string | symbol, value: unknown): void {
  // No prototype: what was put on Object.prototype must not become part of it.
  const descriptor = { __proto__: null, value, writable: true, configurable: true }
  Object.defineProperty(prototype, key, descriptor as PropertyDescriptor)
}

/** The root of the tree; thrown itself where an argument or an option is wrong. */
export class CorepoolError extends Error {
  readonly code: string

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  static {
    // On the prototype, as built-in errors have it: `name` is then no own property that a child's report would carry.
    inherit(this.prototype, 'name', 'CorepoolError')
    inherit(this.prototype, brand, true)
  }
}

/** A Process was asked for something that its state does not allow. */
export class ProcessStateError extends CorepoolError {
  static {
    inherit(this.prototype, 'name', 'ProcessStateError')
  }
}

/** The target cannot be sent, found or loaded: change the target. */
export class TargetError extends CorepoolError {
  static {
    inherit(this.prototype, 'name', 'TargetError')
  }
}

/** A function cannot be compiled as a kernel: change the function, or pass what it needs in bindings. */
export class KernelError extends CorepoolError {
  /** The place in the source text, from 1. */
  readonly line: number
  readonly column: number
  readonly reason: string

  constructor(
    code: ErrorCode,
    message: string,
    { line, column, reason }: { readonly line: number; readonly column: number; readonly reason: string },
  ) {
    super(code, message)
    this.line = line
    this.column = column
    this.reason = reason
  }

  static {
    inherit(this.prototype, 'name', 'KernelError')
  }
}

/** An array does not fit: its dtype, its length, its memory. */
export class ArrayError extends CorepoolError {
  static {
    inherit(this.prototype, 'name', 'ArrayError')
  }
}

/**
 * How a worker came to its end: `terminated`, `killed` by this program's order; `killTimeout`: by force, when terminate() or
 * a signal was not obeyed in time; `signal`: by a signal that this program did not send; `exit`: by itself; `boot`:
 * before it got to its target; `spawn`: it was never started.
 */
export type EndReason = 'terminated' | 'killed' | 'killTimeout' | 'signal' | 'exit' | 'boot' | 'spawn'

/** What a TaskError knows of the worker that was to deliver. */
export interface WorkerFate {
  readonly pid: number | null
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly reason: EndReason
}

/** A task ended without its value: the worker died, left without a result, or could not be started. */
export class TaskError extends CorepoolError {
  readonly pid?: number | null
  readonly exitCode?: number | null
  readonly signal?: NodeJS.Signals | null
  readonly reason?: EndReason

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { fate?: WorkerFate }) {
    super(code, message, options)
    if (options?.fate !== undefined) {
      this.pid = options.fate.pid
      this.exitCode = options.fate.exitCode
      this.signal = options.fate.signal
      this.reason = options.fate.reason
    }
  }

  static {
    inherit(this.prototype, 'name', 'TaskError')
  }
}

/** The caller's own AbortSignal ended it; `cause` is the signal's reason. */
export class AbortError extends CorepoolError {
  constructor(message: string, cause: unknown) {
    super('ABORT_ERR', message, { cause })
  }

  static {
    inherit(this.prototype, 'name', 'AbortError')
  }
}

/**
 * An error of the child whose class does not exist here: its name, message, code, cause, own fields and remote stack.
 * `code` is `ERR_REMOTE`, not an own property, where the original had none.
 */
export class RemoteError extends CorepoolError {
  static {
    inherit(this.prototype, 'code', 'ERR_REMOTE')
    inherit(this.prototype, 'name', 'RemoteError')
  }
}

/** The `code` that an error of the system or of Node has itself, not one that it inherits; undefined of anything else. */
export function ownCode(cause: unknown): unknown {
  if (typeof cause !== 'object' || cause === null || !Object.hasOwn(cause, 'code')) return undefined
  return (cause as { code: unknown }).code
}
