/**
 * The parent, as the target sees it: who it is, whether it is alive, and messages both ways.
 *
 * Messages that come before the target asks for any stay in Node's channel, which is listened to from then on only; and
 * only while somebody waits for one does the channel keep this process alive.
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
  /** What the parent sends, in order, each message once; ends with the parent. Waiting keeps this process alive. */
  messages(): AsyncIterableIterator<unknown>
}

const { process } = globalThis

/** @param token the one that the parent gave this child */
export function linkToParent({ pid, name }: ChildTask['parent'], token: string): ParentLink {
  const starter = process.ppid
  let inbox: Inbox | null = null
  const hold = holdBy(
    () => process.channel?.ref(),
    () => process.channel?.unref(),
  )

  function open(): Inbox {
    const opened = new Inbox()
    process.on('message', (frame: unknown) => {
      if (isMessage(frame, token)) opened.add(decode(frame[2]))
    })
    return opened
  }

  // Bun's channel keeps no message for who listens later.
  if (process.versions['bun'] !== undefined) inbox = open()

  return Object.freeze({
    name,
    pid,
    // Whoever started this process: the parent, or a program between them. An orphan has another parent at once.
    isAlive: () => process.connected && process.ppid === starter,
    send: (message: unknown) => report(['message', token, encode('message', message)]),
    messages: () => (inbox ??= open()).iterate(hold),
  })
}
