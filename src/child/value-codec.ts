/**
 * V8's structured clone as this package writes and reads it. Made at the first value that needs it: to load `node:v8` takes 0.3 ms on
 * Node 26, where nothing that starts loads it. A target that replaces its classes before then has them replaced here, too.
 */
import { describe, payloadTooLarge, type Payload } from '../errors/index.ts'
import { builtinModule } from './builtin-module.ts'
import { findUncloneable } from './uncloneable.ts'

/** Bytes that one value may take: half of what Node's channel can carry at all (its length field has 31 bits). */
export const LIMIT: number = 2 ** 30

export interface ValueCodec {
  /** `value` as bytes, the arrays in it counted before they are copied; `dry`: not copied at all. */
  write(payload: Payload, value: unknown, dry: boolean): Buffer
  read(bytes: Uint8Array): unknown
}

/** Node's documented hooks, which its type definitions leave out. */
interface HostObjectWriter {
  _writeHostObject(view: ArrayBufferView): void
}
interface HostObjectReader {
  _readHostObject(): ArrayBufferView
}

export function makeCodec(): ValueCodec {
  const { DefaultDeserializer, DefaultSerializer, deserialize, serialize } = builtinModule('node:v8')
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the documented name of the hook
  const writeView = (DefaultSerializer.prototype as unknown as HostObjectWriter)._writeHostObject
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the documented name of the hook
  const readView = (DefaultDeserializer.prototype as unknown as HostObjectReader)._readHostObject

  /** Writes as `v8.serialize` does, but counts the bytes of arrays before it copies them. */
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

  /** Bun has the functions of `node:v8`, and the classes in name only. */
  const hasClasses = ((): boolean => {
    try {
      return new DefaultSerializer() instanceof DefaultSerializer
    } catch {
      return false
    }
  })()

  if (!hasClasses) return { write: (payload, value) => writeOnBun(serialize, payload, value), read: deserialize }
  return {
    write(payload, value, dry) {
      const writer = new ValueWriter(payload, dry)
      writer.writeHeader()
      writer.writeValue(value)
      return writer.releaseBuffer()
    },
    read(bytes) {
      const reader = new ValueReader(bytes)
      reader.readHeader()
      return reader.readValue()
    },
  }
}

function copyOf(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view
  const own = buffer.slice(byteOffset, byteOffset + byteLength)
  if (Buffer.isBuffer(view)) return Buffer.from(own as ArrayBuffer)
  const ViewClass = view.constructor as new (buffer: ArrayBufferLike) => ArrayBufferView
  return new ViewClass(own)
}

/** Whether a view can be made tells, on every version of Node. */
function refuseDetached(buffer: ArrayBufferLike): ArrayBufferView {
  try {
    return new Uint8Array(buffer)
  } catch {
    throw new Error('its buffer is detached: it was transferred elsewhere')
  }
}

/** Deeper than Bun writes. */
const ALL_ON_BUN = { depth: 2 ** 16, parts: Infinity }

/** Bun's serialize() leaves out some of what it cannot clone, or writes nothing in its place; so that is looked for first. */
function writeOnBun(serialize: (value: unknown) => Buffer, payload: Payload, value: unknown): Buffer {
  let bytes = 0
  const weigh = (part: unknown): null => {
    if (ArrayBuffer.isView(part)) {
      if (part.byteLength === 0) refuseDetached(part.buffer)
      bytes += part.byteLength
    }
    if (bytes > LIMIT) throw payloadTooLarge(payload, bytes, LIMIT)
    return null
  }
  const found = findUncloneable(value, payload, weigh, ALL_ON_BUN)
  if (found !== null) throw new Error(found.why)
  return serialize(value)
}
