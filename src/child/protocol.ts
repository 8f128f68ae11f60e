/**
 * What parent and child say to each other: labelled tuples over Node's IPC channel.
 *
 * The user's code in the child has the same channel (`process.send`), so every frame carries the token that the parent
 * chose for this child; what does not carry it is not ours, and is left alone. Values travel as bytes, into which the channel
 * need not look, unless they are plain.
 */
import type { EncodedError } from './errors.ts'
import type { FunctionSource } from './function-source.ts'
import type { Encoded } from './values.ts'

/** Where the child finds what it shall run. */
export type TaskTarget =
  | readonly [kind: 'function', source: FunctionSource]
  | readonly [kind: 'module', url: string, exportName: string]

/** Everything a child needs to know. */
export interface ChildTask {
  /** The process that sent it, and the thread of it, by the system's number, where that may end first. */
  readonly parent: { readonly pid: number; readonly thread: number | null; readonly name: string }
  /** The system ends this child with its parent, however busy it is. */
  readonly isTied: boolean
  readonly name: string
  readonly daemon: boolean
  readonly identity: readonly number[]
  /** What the processes between the main program and this one were started with, oldest first: see start-guard.ts. */
  readonly ancestors: readonly string[]
  readonly target: TaskTarget
  readonly args: Encoded
}

/** `run` comes first and once. */
export type ToChild =
  | readonly [kind: 'run', token: string, task: ChildTask]
  | readonly [kind: 'message', token: string, value: Encoded]

/** What a spare is told before all else, and only a spare: with it the addon of this program, if there is one. */
export type Rehearse = readonly [kind: 'rehearse', addon: string | null]

/** The child's first word, where its parent asked for one: from now on it hears what it is sent. It knows no token yet. */
export type Hello = readonly [kind: 'hello']

/** The argument by which the parent asks for a Hello. */
export const ASK_HELLO = 'hello'

/**
 * The variable that a child has until its bootstrap runs: the pid of who started it. So code that runs before, or in place of the
 * bootstrap, is known for what it is, whatever becomes of the command line.
 */
export const STARTED_BY = 'COREPOOL_STARTED_BY'

/** `ready` comes first and once; then at most one of `result` and `error`; messages at any time after `ready`. */
export type FromChild =
  | readonly [kind: 'ready', token: string]
  | readonly [kind: 'result', token: string, value: Encoded]
  | readonly [kind: 'error', token: string, error: EncodedError]
  | readonly [kind: 'message', token: string, value: Encoded]

const kinds: ReadonlySet<unknown> = new Set<FromChild[0]>(['ready', 'result', 'error', 'message'])

/** True for a frame of the child that was given `token`; its contents are the child's word, and are read with care. */
export function isFromChild(message: unknown, token: string): message is FromChild {
  return Array.isArray(message) && message[1] === token && kinds.has(message[0])
}

/** True for the child's first word. */
export function isHello(message: unknown): message is Hello {
  return Array.isArray(message) && message.length === 1 && message[0] === 'hello'
}

/** True for the frame that a child waits for. */
export function isRun(message: unknown): message is ToChild & readonly ['run', string, ChildTask] {
  return Array.isArray(message) && message[0] === 'run' && typeof message[1] === 'string' && message.length === 3
}

/** True for what a spare is told. */
export function isRehearse(message: unknown): message is Rehearse {
  return Array.isArray(message) && message.length === 2 && message[0] === 'rehearse'
}

/** True for a message of the parent that gave this child its `token`. */
export function isMessage(message: unknown, token: string): message is ToChild & readonly ['message', string, Encoded] {
  return Array.isArray(message) && message[0] === 'message' && message[1] === token && message.length === 3
}
