/**
 * The parent, as the target sees it: who it is, whether it is alive, and messages both ways.
 *
 * Messages that come before the target asks for any are kept as they came, and read when it does; and only while somebody waits for
 * one does the channel keep this process alive.
 */
import { report } from './channel.ts'
import { holdBy } from './hold.ts'
import { Inbox } from './inbox.ts'
import { isMessage, type ChildTask } from './protocol.ts'
import { decode, encode } from './values.ts'

/** The process that started this one. */
export interface ParentLink {
  readonly name: string
  readonly pid: number
  /** False when it has ended. This process is then about to end, too. */
  isAlive(): boolean
  /**
   * Sends a structured clone of `message`, which the parent reads from `messages()` of its Process; without effect when it has
   * ended. `process.exit()` waits until it is on its way.
   * @throws CorepoolError `ERR_ARGS_NOT_CLONEABLE` with the path of the culprit, `ERR_PAYLOAD_TOO_LARGE`
   */
  send(message: unknown): void
  /**
   * What the parent sends, in order, each message once; ends with the parent. Waiting keeps this process alive.
   * `ERR_ARGS_NOT_CLONEABLE` rejects in the place of a message that cannot be read here.
   */
  messages(): AsyncIterableIterator<unknown>
}

const { process } = globalThis

/** What the target is given, and what takes the parent's messages to it. */
export interface Linked {
  readonly parent: ParentLink
  /** False for a frame that is no message of the parent's. */
  deliver(frame: unknown): boolean
}

/** @param token the one that the parent gave this child */
export function linkToParent({ pid, name }: ChildTask['parent'], token: string): Linked {
  const starter = process.ppid
  const inbox = new Inbox()
  const hold = holdBy(
    () => process.channel?.ref(),
    () => process.channel?.unref(),
  )

  const parent = Object.freeze({
    name,
    pid,
    // Whoever started this process: the parent, or a program between them. An orphan has another parent at once.
    isAlive: () => process.connected && process.ppid === starter,
    send: (message: unknown) => report(['message', token, encode('message', message)]),
    messages: () => inbox.iterate(hold),
  })
  return {
    parent,
    deliver(frame) {
      if (!isMessage(frame, token)) return false
      const encoded = frame[2]
      inbox.add(() => decode('message', encoded))
      return true
    },
  }
}
