/**
 * The life of a Process: initial → (starting →) started → stopped → closed. From outside, one that is starting is initial still; only what
 * start() itself runs of the caller's, a getter in the arguments or a trap of the signal, can ask anything of it meanwhile.
 *
 * transition() is the only place that says what may follow what, and what may be asked in which state; misuse is
 * answered with Python's sentences. It keeps nothing: a Process keeps the state that it returns.
 */
import { alreadyStarted, closed, notStarted, startedBefore, stillRunning } from '../errors/index.ts'

export type ProcessState = 'initial' | 'started' | 'stopped' | 'closed'

/** With the time in which start() is at work; when it throws, the state is what it was before. */
export type InnerState = ProcessState | 'starting'

/**
 * What happens to a Process, or is asked of it. `start`, `launch`, `end` and `close` change its state; `use` and `configure` are
 * members that need no started process, or none started yet; the others need one that was started.
 */
export type Request =
  | 'start'
  | 'launch'
  | 'end'
  | 'close'
  | 'use'
  | 'configure'
  | 'join'
  | 'terminate'
  | 'kill'
  | 'await the result of'
  | 'await the readiness of'
  | 'await the exit of'
  | 'send to'
  | 'read the messages of'

/**
 * The state after `request`.
 * @param name of the Process, for the message
 * @throws ProcessStateError `ERR_NOT_STARTED`, `ERR_ALREADY_STARTED`, `ERR_STILL_RUNNING`, `ERR_CLOSED`
 */
export function transition(state: InnerState, request: Request, name: string): InnerState {
  if (state === 'closed') {
    if (request === 'close') return 'closed'
    throw closed(name)
  }
  switch (request) {
    case 'start':
      if (state !== 'initial') throw alreadyStarted(name)
      return 'starting'
    case 'launch':
      return 'started'
    case 'end':
      return 'stopped'
    case 'close':
      if (state === 'starting' || state === 'started') throw stillRunning(name)
      return 'closed'
    case 'configure':
      if (state !== 'initial') throw startedBefore(name, 'daemon')
      return state
    case 'use':
      return state
    default:
      if (state === 'initial' || state === 'starting') throw notStarted(name, request)
      return state
  }
}
