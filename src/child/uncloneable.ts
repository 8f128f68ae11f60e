/**
 * Finding the part of a value that structured clone refuses, to name it: `args[1].cb`.
 *
 * Runs only after a clone has failed (on Bun before it). It walks what a clone would read, in the same order, each object once, so cycles
 * end and the first culprit is the one that stopped the clone; it asks V8 only about objects without parts, where the
 * answer is about them alone. Getters may give new objects without end, which stops a clone where its stack ends; so depth is limited
 * here, and the number of parts.
 */
import { types } from 'node:util'
import {
  CorepoolError,
  describe,
  isIdentifier,
  isOfStackEnd,
  notCloneable,
  tooDeepToWrite,
  type Payload,
} from '../errors/index.ts'
import { isError } from './inspect.ts'
import { unreadableClass } from './unreadable.ts'

export interface Uncloneable {
  readonly path: string
  readonly why: string
}

interface Part {
  readonly value: unknown
  readonly label: string
  /** Set when reading the value threw. */
  readonly failure?: string
}

/** A value still to be looked at; paths are put together only for the culprit. */
interface Place extends Part {
  readonly parent: Place | null
  readonly depth: number
}

/** How far a search goes. */
interface Limits {
  readonly depth: number
  readonly parts: number
}

/** Deeper than V8 gets on a stack of the usual size. */
const AFTER_FAILURE: Limits = { depth: 2 ** 14, parts: 2 ** 20 }

/**
 * What to throw for a value that could not be written.
 * @param error what writing it threw
 * @param write throws where the one part cannot be written either
 */
export function unwritable(
  payload: Payload,
  value: unknown,
  error: unknown,
  write: (part: unknown) => unknown,
): CorepoolError {
  if (isTooLarge(error)) return error
  let found: Uncloneable | null = null
  try {
    found = findUncloneable(value, payload, (part) => reasonAgainst(part, write), AFTER_FAILURE)
  } catch {
    // Looking may run code of the value's own: refused without a path then.
  }
  if (found !== null) return notCloneable(payload, found.path, found.why)
  const why = reasonOf(error)
  return isOfStackEnd(why) ? tooDeepToWrite(payload) : notCloneable(payload, payload, why)
}

/** True for our own refusal of a value for its size. */
export function isTooLarge(error: unknown): error is CorepoolError {
  try {
    return error instanceof CorepoolError && error.code === 'ERR_PAYLOAD_TOO_LARGE'
  } catch {
    // What a getter has thrown may throw in its turn.
    return false
  }
}

/** Why `part` cannot be cloned, or null when it can. */
function reasonAgainst(part: unknown, write: (part: unknown) => unknown): string | null {
  try {
    write(part)
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

function reasonOf(error: unknown): string {
  return messageOf(error)?.replace(/\.$/, '') ?? 'reading it threw'
}

/** What an error says; undefined where it says nothing, and for anything else. */
function messageOf(error: unknown): string | undefined {
  try {
    const message: unknown = isError(error) ? Reflect.get(error, 'message') : undefined
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

/**
 * The first part of `root` that cannot be cloned, or null when none is found.
 * @param askV8 why one object without parts cannot be cloned, or null when it can
 */
export function findUncloneable(
  root: unknown,
  name: string,
  askV8: (part: unknown) => string | null,
  limits: Limits,
): Uncloneable | null {
  const seen = new Set<unknown>()
  const places: Place[] = [{ value: root, label: name, parent: null, depth: 0 }]
  let left = limits.parts
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { value, failure } = place
    if (failure !== undefined) return { path: pathOf(place), why: failure }
    const why = refusal(value)
    if (why !== null) return { path: pathOf(place), why }
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (place.depth >= limits.depth) return null
    const parts = partsOf(value)
    left -= parts.length
    if (left < 0) return null
    if (parts.length === 0) {
      const reason = askV8(value)
      if (reason !== null) return { path: pathOf(place), why: reason }
    }
    // Last in, first out: reversed, so that parts are seen in their own order.
    for (const part of parts.toReversed()) places.push({ ...part, parent: place, depth: place.depth + 1 })
  }
  return null
}

/** Why structured clone never takes such a value, whatever is in it. */
function refusal(value: unknown): string | null {
  if (typeof value === 'function') return `it is ${describe(value)}`
  if (typeof value === 'symbol') return 'it is a symbol'
  if (types.isProxy(value)) return 'it is a Proxy'
  if (types.isPromise(value)) return 'it is a Promise; await it first'
  if (types.isSharedArrayBuffer(value)) return 'it is a SharedArrayBuffer, which only threads of one process share'
  const name = typeof value === 'object' && value !== null ? unreadableClass(value) : null
  if (name === 'Module')
    return 'it is a WebAssembly.Module, which stays in the process that compiled it; pass its bytes'
  return name === null ? null : `it is of the class ${name}, of which an empty object would arrive`
}

function partsOf(value: object): Part[] {
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return []
  if (types.isMap(value)) return mapParts(value)
  if (types.isSet(value)) return [...value].map((item, index) => ({ value: item, label: `.values()[${index}]` }))
  const keys = types.isNativeError(value) ? ['message', 'cause', 'stack'] : Object.keys(value)
  const isArray = Array.isArray(value)
  return keys
    .filter((key) => Object.hasOwn(value, key))
    .map((key) => readPart(value, key, isArray && /^\d+$/.test(key) ? `[${key}]` : keyLabel(key)))
}

function mapParts(map: ReadonlyMap<unknown, unknown>): Part[] {
  return [...map].flatMap(([key, value], index) => [
    { value: key, label: `.keys()[${index}]` },
    { value, label: typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.values()[${index}]` },
  ])
}

function readPart(value: object, key: string, label: string): Part {
  try {
    return { value: Reflect.get(value, key), label }
  } catch (error) {
    const failure = `reading it threw ${messageOf(error) ?? describe(error)}`
    return { value: undefined, label, failure }
  }
}

function keyLabel(key: string): string {
  return isIdentifier(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function pathOf(place: Place): string {
  let path = ''
  for (let at: Place | null = place; at !== null; at = at.parent) path = at.label + path
  return path
}
