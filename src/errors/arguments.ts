import { inspect, types } from 'node:util'
import { AbortError, CorepoolError } from './classes.ts'

/** One line of what was received, short enough for a message. */
export function describe(value: unknown): string {
  try {
    return inWords(value)
  } catch {
    // A getter of the caller's, or a trap of what lies on its prototypes.
    return `${typeof value === 'function' ? 'a function' : 'an object'} that cannot be looked at`
  }
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  // Its traps are the caller's code, and may throw.
  if (types.isProxy(value)) return 'a Proxy'
  if (typeof value === 'function') return value.name === '' ? 'an anonymous function' : `function ${value.name}`
  if (typeof value === 'object') {
    const constructor: unknown = Object.getPrototypeOf(value)?.constructor
    const name = typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'object'
    return /^[aeiou]/i.test(name) ? `an ${name}` : `a ${name}`
  }
  const text = inspect(value, { breakLength: Infinity, maxStringLength: 28 })
  return `${typeof value} ${text}`
}

/** `ERR_INVALID_ARG_TYPE`: `name` is the argument or option, `expected` completes "must be …". */
export function invalidType(name: string, expected: string, received: unknown, next = ''): CorepoolError {
  return new CorepoolError(
    'ERR_INVALID_ARG_TYPE',
    `${name} must be ${expected}; received ${describe(received)}.${next === '' ? '' : ` ${next}`}`,
  )
}

/** `ERR_INVALID_ARG_VALUE`: the type is right, the value is not. */
export function invalidValue(name: string, expected: string, received: unknown): CorepoolError {
  return new CorepoolError('ERR_INVALID_ARG_VALUE', `${name} must be ${expected}; received ${describe(received)}.`)
}

/** `ERR_INVALID_ARG_VALUE`: an option that does not exist; names those that do. */
export function unknownOption(of: string, option: string, known: readonly string[]): CorepoolError {
  return new CorepoolError(
    'ERR_INVALID_ARG_VALUE',
    `${of} has no option "${option}"; it has ${known.length === 0 ? 'none' : known.map((name) => `"${name}"`).join(', ')}.`,
  )
}

/** `ABORT_ERR`: what was running was ended by the caller's signal. */
export function aborted(what: string, signal: AbortSignal): AbortError {
  let reason: unknown
  try {
    ;({ reason } = signal)
  } catch (error) {
    // A getter of the caller's, or a trap: the call ends all the same.
    reason = error
  }
  return new AbortError(`${what} was aborted by its signal.`, reason)
}
