/** Values that cannot go to a child process, or come back from one. */
import { CorepoolError, TaskError } from './classes.ts'

/** What a value is on its way; also the root of the paths that name its parts. */
export type Payload = 'args' | 'result' | 'message'

const CLONEABLE = 'plain data, typed arrays, Map, Set, Date, BigInt or Error'

/**
 * `ERR_ARGS_NOT_CLONEABLE`, `ERR_RESULT_NOT_CLONEABLE`.
 * @param path the first part that cannot be copied
 */
export function notCloneable(payload: Payload, path: string, why: string): CorepoolError {
  const verb = payload === 'result' ? 'Return' : 'Pass'
  return refusalOf(payload, `${notCopied(payload, path)}: ${why}. ${verb} ${CLONEABLE}.`)
}

/** The same codes: V8 has a call on the stack for each level of a value that it writes. */
export function tooDeepToWrite(payload: Payload): CorepoolError {
  return refusalOf(payload, `${notCopied(payload, payload)}: ${TOO_DEEP}`)
}

/** True for what an engine says when the stack has ended. */
export function isOfStackEnd(message: string): boolean {
  return message.startsWith('Maximum call stack size')
}

/**
 * `ERR_ARGS_NOT_CLONEABLE`, `ERR_RESULT_NOT_CLONEABLE`, in the process that reads it.
 * @param cause what reading it threw
 */
export function unreadablePayload(payload: Payload, cause: unknown): CorepoolError {
  const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
  const what = payload === 'message' ? 'a message' : payload
  // V8 reads on more of the stack than it writes on.
  const reason = isOfStackEnd(why)
    ? TOO_DEEP
    : `${why}. Something in it is known only to the other process, which may run another version of Node (execPath), or has ` +
      `a WebAssembly.Module deep in it. Send ${CLONEABLE}.`
  return refusalOf(
    payload,
    `${what} cannot be read in this process (pid ${process.pid}, Node ${process.version}): ${reason}`,
    { cause },
  )
}

const TOO_DEEP =
  'it is nested too deep for the stack. Make it flat: a list of its parts, which name each other by their index.'

function notCopied(payload: Payload, path: string): string {
  if (payload === 'result') return `${path} cannot be copied back from the child process`
  return `${path} cannot be copied into ${payload === 'args' ? 'a child process' : 'another process'}`
}

function refusalOf(payload: Payload, message: string, options?: ErrorOptions): CorepoolError {
  return payload === 'result'
    ? new TaskError('ERR_RESULT_NOT_CLONEABLE', message, options)
    : new CorepoolError('ERR_ARGS_NOT_CLONEABLE', message, options)
}

/** `ERR_PAYLOAD_TOO_LARGE`: beyond `limit` bytes; Node's channel breaks, and the parent with it, not far above that. */
export function payloadTooLarge(payload: Payload, bytes: number, limit: number): CorepoolError {
  const message =
    `${payload} would take ${bytes} bytes or more, and at most ${limit} fit through the channel between processes. ` +
    'Send it in parts, or write it to a file and send the path.'
  return payload === 'result'
    ? new TaskError('ERR_PAYLOAD_TOO_LARGE', message)
    : new CorepoolError('ERR_PAYLOAD_TOO_LARGE', message)
}

/** `ERR_INVALID_ARG_VALUE`: a message of the form that Node keeps for itself; the parent would take it for Node's own. */
export function reservedMessage(cmd: string): CorepoolError {
  return new CorepoolError(
    'ERR_INVALID_ARG_VALUE',
    `process.send() refuses a message whose "cmd" begins with NODE_ (it is ${JSON.stringify(cmd.slice(0, 40))}): ` +
      'Node keeps these for itself. Call the field something else.',
  )
}

/** `ERR_NOT_SUPPORTED`: a server or a socket that is sent; nobody in the parent could take it, and open it would keep that alive. */
export function handleNotSent(): CorepoolError {
  return new CorepoolError(
    'ERR_NOT_SUPPORTED',
    'process.send() sends no servers and sockets from the child of a Process: its parent has no way to take them. ' +
      'Send an address, and connect to it.',
  )
}
