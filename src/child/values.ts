/**
 * Values on their way to another process: Node's structured clone, with the three things that it does not do. What cannot be cloned
 * is named by its path; what is too large is refused before any of it is copied, since the channel breaks (in the parent) not far
 * above that; and an array that arrives has a buffer of its own, of its own size.
 */
import { payloadTooLarge, unreadablePayload, type Payload } from '../errors/index.ts'
import { isTooLarge, unwritable } from './uncloneable.ts'
import { hasUnreadable } from './unreadable.ts'
import { LIMIT, makeCodec, type ValueCodec } from './value-codec.ts'

/** What the channel itself carries as it is, in little room. */
type Plain = string | number | boolean | null | undefined

/** What stands in a frame: bytes, or a value that needs none. */
export type Encoded = Uint8Array | Plain | readonly Plain[]

/** Characters of a text that needs no bytes, and items of a list. */
const LONGEST = 2 ** 16
const MOST = 16

let codec: ValueCodec | undefined

/**
 * `value` for decode() in another process.
 * @param payload what the value is, for messages and paths
 * @throws CorepoolError `ERR_ARGS_NOT_CLONEABLE`, `ERR_PAYLOAD_TOO_LARGE`; TaskError `ERR_RESULT_NOT_CLONEABLE`
 */
export function encode(payload: Payload, value: unknown): Encoded {
  return needsNoBytes(payload, value) ? value : encodeBytes(payload, value)
}

/** The same, and bytes of any value. */
export function encodeBytes(payload: Payload, value: unknown): Buffer {
  const bytes = write(payload, value, false)
  if (bytes.byteLength > LIMIT) throw payloadTooLarge(payload, bytes.byteLength, LIMIT)
  return bytes
}

/** Throws what encode() would, without copying the arrays in `value`. */
export function checkCloneable(payload: Payload, value: unknown): void {
  if (!needsNoBytes(payload, value)) write(payload, value, true)
}

/**
 * For a value that Node itself is to encode, whose own refusals are left to it.
 * @returns false for a value that is refused
 * @throws CorepoolError `ERR_PAYLOAD_TOO_LARGE`
 */
export function isWritable(payload: Payload, value: unknown): boolean {
  if (isPlain(value)) return true
  let bytes = 0
  try {
    bytes = (codec ??= makeCodec()).write(payload, value, true).byteLength
  } catch (error) {
    if (isTooLarge(error)) throw error
    return false
  }
  if (bytes > LIMIT) throw payloadTooLarge(payload, bytes, LIMIT)
  return true
}

/**
 * The value that encode() was given, every array in it with a buffer of its own.
 * @throws CorepoolError `ERR_ARGS_NOT_CLONEABLE`; TaskError `ERR_RESULT_NOT_CLONEABLE` for bytes that mean nothing here
 */
export function decode(payload: Payload, encoded: Encoded): unknown {
  if (!ArrayBuffer.isView(encoded)) return encoded
  try {
    return (codec ??= makeCodec()).read(encoded)
  } catch (error) {
    throw unreadablePayload(payload, error)
  }
}

function write(payload: Payload, value: unknown, dry: boolean): Buffer {
  codec ??= makeCodec()
  const { write: writeBytes } = codec
  try {
    const bytes = writeBytes(payload, value, dry)
    // Afterwards: no Proxy is left then that would notice.
    if (hasUnreadable(value)) throw new Error('something in it cannot be read there')
    return bytes
  } catch (error) {
    throw unwritable(payload, value, error, (part) => writeBytes(payload, part, true))
  }
}

/** Arguments are a list of our own making: there is nothing in it but its items. */
function needsNoBytes(payload: Payload, value: unknown): value is Plain | readonly Plain[] {
  if (payload !== 'args') return isPlain(value)
  if (!Array.isArray(value) || value.length > MOST) return false
  for (let n = 0; n < value.length; n += 1) if (!isPlain(value[n])) return false
  return true
}

function isPlain(value: unknown): value is Plain {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'undefined':
      return true
    case 'string':
      return value.length <= LONGEST
    default:
      return value === null
  }
}
