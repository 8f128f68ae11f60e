import { CorepoolError, ArrayError, type ErrorCode } from './classes.ts'

const arrayCodes = new Set<ErrorCode>([
  'ERR_LENGTH_MISMATCH',
  'ERR_DTYPE',
  'ERR_DETACHED',
  'ERR_RESIZABLE',
  'ERR_OVERLAP',
  'ERR_BUFFER_IN_USE',
  'ERR_OUT_OF_MEMORY',
])

/** An error that the binding threw, in the tree of this package; the code is the binding's own. */
export function fromNative(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CorepoolError) return error
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string' || !code.startsWith('ERR_')) return error
  const known = code as ErrorCode
  return arrayCodes.has(known)
    ? new ArrayError(known, error.message, { cause: error })
    : new CorepoolError(known, error.message, { cause: error })
}

/** `ERR_NATIVE_PANIC`: a kernel failed inside the native pool, which stays usable. */
export function nativeFailure(kernel: string, message: string): CorepoolError {
  return new CorepoolError(
    'ERR_NATIVE_PANIC',
    `${kernel} failed in the native pool: ${message}. This is a fault of corepool, not of the data: please report it. ` +
      'The pool stays usable; COREPOOL_BINDING=none runs the same call in plain JavaScript.',
  )
}
