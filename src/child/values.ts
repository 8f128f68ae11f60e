/**
 * Values as bytes: Node's structured clone, with the three things that it does not do. What cannot be cloned is named by
 * its path; what is too large is refused before any of it is copied, since the channel breaks (in the parent) not far
 * above that; and an array that arrives has a buffer of its own, of its own size.
 */
import { DefaultDeserializer, DefaultSerializer, deserialize, serialize } from 'node:v8'
import { CorepoolError, describe, notCloneable, payloadTooLarge, type Payload } from '../errors/index.ts'
import { findUncloneable } from './uncloneable.ts'

/** Bytes that one value may take: half of what Node's channel can carry at all (its length field has 31 bits). */
const LIMIT = 2 ** 30

/** Node's documented hooks, which its type definitions leave out. */
interface HostObjectWriter {
  _writeHostObject(view: ArrayBufferView): void
}
interface HostObjectReader {
  _readHostObject(): ArrayBufferView
}

/**
 * Writes as `v8.serialize` does, but counts the bytes of arrays before it copies them; `dry`, it does not copy them at
 * all.
 */
class ValueWriter extends DefaultSerializer {
  readonly #payload: Payload
  readonly #dry: boolean
  #bytes = 0

  constructor(payload: Payload, dry: boolean) {
    super()
    this.#payload = payload
    this.#dry = dry
  }

  _writeHostObject(object: object): void {
    if (!ArrayBuffer.isView(object)) throw new Error(`${describe(object)} belongs to this process`)
    // V8 would write an array whose buffer was transferred away as an empty one.
    if (object.byteLength === 0) refuseDetached(object.buffer)
    this.#bytes += object.byteLength
    if (this.#bytes > LIMIT) throw payloadTooLarge(this.#payload, this.#bytes, LIMIT)
    if (!this.#dry) writeView.call(this, object)
  }
}

// oxlint-disable-next-line eslint/no-underscore-dangle -- the documented name of the hook
const writeView = (DefaultSerializer.prototype as unknown as HostObjectWriter)._writeHostObject

/**
 * Reads as `v8.deserialize` does, but copies the arrays, which would all be views of the one buffer of the message (or of
 * Node's pool): `array.buffer` would show, change and transfer away the others.
 */
class ValueReader extends DefaultDeserializer {
  _readHostObject(): ArrayBufferView {
    const view = readView.call(this)
    return view.byteLength === view.buffer.byteLength ? view : copyOf(view)
  }
}

// oxlint-disable-next-line eslint/no-underscore-dangle -- the documented name of the hook
const readView = (DefaultDeserializer.prototype as unknown as HostObjectReader)._readHostObject

function copyOf(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view
  const own = buffer.slice(byteOffset, byteOffset + byteLength)
  if (Buffer.isBuffer(view)) return Buffer.from(own as ArrayBuffer)
  const ViewClass = view.constructor as new (buffer: ArrayBufferLike) => ArrayBufferView
  return new ViewClass(own)
}

/** Bun has the functions of `node:v8`, and the classes in name only. */
const hasClasses = ((): boolean => {
  try {
    return new DefaultSerializer() instanceof DefaultSerializer
  } catch {
    return false
  }
})()

/** Whether a view can be made tells, on every version of Node. */
function refuseDetached(buffer: ArrayBufferLike): ArrayBufferView {
  try {
    return new Uint8Array(buffer)
  } catch {
    throw new Error('its buffer is detached: it was transferred elsewhere')
  }
}

/**
 * `value` as bytes for decode() in another process.
 * @param payload what the value is, for messages and paths
 * @throws CorepoolError `ERR_ARGS_NOT_CLONEABLE`, `ERR_PAYLOAD_TOO_LARGE`; TaskError `ERR_RESULT_NOT_CLONEABLE`
 */
export function encode(payload: Payload, value: unknown): Buffer {
  const bytes = write(payload, value, false)
  if (bytes.byteLength > LIMIT) throw payloadTooLarge(payload, bytes.byteLength, LIMIT)
  return bytes
}

/** Throws what encode() would, without copying the arrays in `value`. */
export function checkCloneable(payload: Payload, value: unknown): void {
  write(payload, value, true)
}

/**
 * For a value that Node itself is to encode, whose own refusals are left to it.
 * @throws CorepoolError `ERR_PAYLOAD_TOO_LARGE`
 */
export function checkSize(payload: Payload, value: unknown): void {
  let bytes = 0
  try {
    bytes = bytesOf(payload, value, true).byteLength
  } catch (error) {
    if (error instanceof CorepoolError) throw error
  }
  if (bytes > LIMIT) throw payloadTooLarge(payload, bytes, LIMIT)
}

/** The value that encode() was given, every array in it with a buffer of its own. */
export function decode(bytes: Uint8Array): unknown {
  if (!hasClasses) return deserialize(bytes)
  const reader = new ValueReader(bytes)
  reader.readHeader()
  return reader.readValue()
}

function write(payload: Payload, value: unknown, dry: boolean): Buffer {
  try {
    return bytesOf(payload, value, dry)
  } catch (error) {
    if (error instanceof CorepoolError && error.code === 'ERR_PAYLOAD_TOO_LARGE') throw error
    const found = findUncloneable(value, payload, (part) => reasonAgainst(payload, part))
    throw notCloneable(payload, found?.path ?? payload, found?.why ?? reasonOf(error))
  }
}

function bytesOf(payload: Payload, value: unknown, dry: boolean): Buffer {
  if (!hasClasses) return bytesOnBun(payload, value)
  const writer = new ValueWriter(payload, dry)
  writer.writeHeader()
  writer.writeValue(value)
  return writer.releaseBuffer()
}

/** Bun's serialize() leaves out some of what it cannot clone, or writes nothing in its place; so that is looked for first. */
function bytesOnBun(payload: Payload, value: unknown): Buffer {
  let bytes = 0
  const weigh = (part: unknown): null => {
    if (ArrayBuffer.isView(part)) {
      if (part.byteLength === 0) refuseDetached(part.buffer)
      bytes += part.byteLength
    }
    if (bytes > LIMIT) throw payloadTooLarge(payload, bytes, LIMIT)
    return null
  }
  const found = findUncloneable(value, payload, weigh)
  if (found !== null) throw new Error(found.why)
  return serialize(value)
}

/** Why `part` cannot be cloned, or null when it can. */
function reasonAgainst(payload: Payload, part: unknown): string | null {
  try {
    bytesOf(payload, part, true)
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : 'reading it threw'
}
