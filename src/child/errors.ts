/**
 * Thrown values as plain data, and back: what an error was in the child, it is again in the parent.
 *
 * Encoding never runs on: every read of a foreign object is guarded, cycles become references; depth, number of parts, each text and
 * all of them together are limited. A class that both sides know (JavaScript's own, of any realm, and this package's) is rebuilt as that
 * class; any other becomes a RemoteError under its own name. A thrown value that is no error comes back as itself.
 *
 * In a child all of this is compiled after a failure, when the target may have replaced what it likes: until a function is called,
 * nothing here may use what can be replaced in an object of JavaScript's own, an iterator for example.
 */
import {
  AbortError,
  ArrayError,
  brand,
  CorepoolError,
  ProcessStateError,
  RemoteError,
  TargetError,
  TaskError,
} from '../errors/index.ts'
import { domException } from './dom-exception.ts'
import { inspectSafely, isError } from './inspect.ts'
import { decode, encode, isWritable, type Encoded } from './values.ts'

/** One thrown value; `error` refers to the others by their place in the list. */
type EncodedNode =
  | readonly [kind: 'error', error: ErrorParts]
  | readonly [kind: 'value', encoded: Encoded]
  | readonly [kind: 'text', text: string]

interface ErrorParts {
  /** A class that both sides know, or null. */
  readonly known: string | null
  /** What the class called itself. */
  readonly name: string
  /** True when the name was set on the error itself. */
  readonly ownName: boolean
  readonly message: string
  readonly stack: string
  readonly fields: readonly (readonly [key: string, node: number])[]
  readonly cause: number | null
  readonly errors: readonly number[] | null
}

/** The thrown value is the first; the others are what it refers to. */
export type EncodedError = readonly EncodedNode[]

const MOST_NODES = 256
const DEEPEST = 16

/** What a report may hold: characters of one text, or bytes of one field, and of all of them together. */
interface Room {
  readonly each: number
  readonly all: number
}

const ROOM: Room = { each: 2 ** 20, all: 2 ** 25 }
/** So little that the system's buffer takes it at once, from a process that ends before it could wait. */
const SMALL_ROOM: Room = { each: 2 ** 12, all: 2 ** 14 }

type Classes = Readonly<Record<string, (new (...args: never[]) => Error) | undefined>>

/** JavaScript's own, which every realm has. */
const builtInClasses: Classes = {
  __proto__: null as never,
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  // Undefined before Node 24.
  SuppressedError: globalThis.SuppressedError,
}

const knownClasses: Classes = {
  __proto__: null as never,
  ...builtInClasses,
  DOMException: domException(),
  CorepoolError,
  ProcessStateError,
  TargetError,
  ArrayError,
  TaskError,
  AbortError,
  RemoteError,
}

/** Carried by a place of their own, so never as fields. */
const ownPlace: Readonly<Record<string, true>> = {
  __proto__: null as never,
  name: true,
  message: true,
  stack: true,
  cause: true,
  errors: true,
}

/** Fields that are carried although they are not enumerable: those of a SuppressedError, and `code`, which some libraries hide. */
const hidden = ['code', 'error', 'suppressed']

/**
 * What was thrown, as plain data.
 * @param isUrgent only a small report still gets through
 */
export function nodesOf(thrown: unknown, isUrgent: boolean): EncodedError {
  const room = isUrgent ? SMALL_ROOM : ROOM
  const nodes: EncodedNode[] = []
  const places = new Map<unknown, number>()
  let left = room.all

  function cut(text: string): string {
    const kept = text.slice(0, Math.min(room.each, left))
    left -= kept.length
    return kept
  }

  /** Anything but an error: itself where it can be cloned, else its text. */
  function encodePlain(value: unknown, limit: number): EncodedNode {
    try {
      // Asked first: nobody is told which part it is that cannot be, and to look for it takes time.
      if (!isWritable('result', value)) return ['text', cut(inspectSafely(value))]
      const encoded = encode('result', value)
      const size = ArrayBuffer.isView(encoded) ? encoded.byteLength : String(encoded).length
      if (size > limit) return ['text', cut(inspectSafely(value))]
      left -= size
      return ['value', encoded]
    } catch {
      return ['text', cut(inspectSafely(value))]
    }
  }

  function add(value: unknown, depth: number): number {
    const known = places.get(value)
    if (known !== undefined) return known
    const place = nodes.length
    // The place is taken first, so that a cycle refers to it.
    nodes.push(['text', ''])
    if (!isError(value)) {
      // What was thrown itself is as large as a result may be.
      const limit = depth === 0 && !isUrgent ? Infinity : Math.min(room.each, Math.max(0, left))
      nodes[place] = encodePlain(value, limit)
      return place
    }
    places.set(value, place)
    if (depth >= DEEPEST || place >= MOST_NODES) nodes[place] = ['text', cut(inspectSafely(value))]
    else nodes[place] = ['error', describeError(value, cut, (part) => add(part, depth + 1))]
    return place
  }

  add(thrown, 0)
  return nodes
}

/**
 * The thrown value again, to be rejected with.
 * @param origin where it was thrown, for the last line of its stack
 * @throws TaskError `ERR_RESULT_NOT_CLONEABLE` for a value, no error, that cannot be read here
 */
export function decodeError(nodes: EncodedError, origin: string): unknown {
  const values = nodes.map((node, place) => create(node, origin, place === 0))
  nodes.forEach((node, place) => {
    const value = values[place]
    if (node[0] === 'error' && value instanceof Error) complete(value, node[1], values)
  })
  const [root] = nodes
  return root?.[0] === 'text' ? createError(textParts(root[1]), origin) : values[0]
}

function describeError(error: object, cut: (text: string) => string, add: (part: unknown) => number): ErrorParts {
  const known = knownClassOf(error)
  const errors = read(error, 'errors')
  const message = cut(textOf(read(error, 'message')))
  const name = cut(known === null ? ownClassName(error) : textOf(read(error, 'name')))
  const stack = read(error, 'stack')
  return {
    known,
    name,
    ownName: has(error, 'name'),
    message,
    stack: cut(typeof stack === 'string' ? stack : `${name}: ${message}`),
    fields: fieldsOf(error).map((key) => [cut(key), add(read(error, key))]),
    cause: has(error, 'cause') ? add(read(error, 'cause')) : null,
    errors: Array.isArray(errors) && has(error, 'errors') ? firstOf(errors).map(add) : null,
  }
}

/** As many as are carried; of more, a text in the place of the others says how many these are. */
function firstOf(errors: readonly unknown[]): unknown[] {
  const first = errors.slice(0, MOST_NODES)
  if (errors.length > MOST_NODES) first.push(`${errors.length - MOST_NODES} more errors were left out`)
  return first
}

/** The class that both sides know. Node's own errors stand below theirs, under the same name or as `NodeError`. */
function knownClassOf(error: object): string | null {
  try {
    const below: unknown[] = []
    for (let at: object | null = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
      const known = nameInThisCopy(at) ?? nameInOtherCopy(at) ?? nameInOtherRealm(at)
      if (known !== undefined) return below.every((name) => name === known || name === 'NodeError') ? known : null
      below.push(at.constructor.name)
    }
  } catch {
    // A prototype that cannot be looked at is none that we know.
  }
  return null
}

/** The name of a class that is known here, by its prototype. */
function nameInThisCopy(prototype: object): string | undefined {
  for (const name in knownClasses) if (knownClasses[name]?.prototype === prototype) return name
  return undefined
}

/** The name of a class of this package, where another copy of it made the error: the one that the target imported. */
function nameInOtherCopy(prototype: object): string | undefined {
  if (!Reflect.has(prototype, brand) || !Object.hasOwn(prototype, 'name')) return undefined
  const name: unknown = Reflect.get(prototype, 'name')
  return typeof name === 'string' && name in knownClasses ? name : undefined
}

/**
 * The name of a class of JavaScript's own in another realm, such as a context of `vm`. Its prototype says its name itself, as those of most
 * classes do not, and stands below no prototype of this realm.
 */
function nameInOtherRealm(prototype: object): string | undefined {
  const name = builtInName(prototype)
  if (name === undefined) return undefined
  const root: object | null = name === 'Error' ? prototype : Object.getPrototypeOf(prototype)
  if (root === null || root === Error.prototype || builtInName(root) !== 'Error') return undefined
  const above: object | null = Object.getPrototypeOf(root)
  const isOfObjects = above !== null && above !== Object.prototype && Object.getPrototypeOf(above) === null
  return isOfObjects ? name : undefined
}

function builtInName(prototype: object): string | undefined {
  const name: unknown = Object.hasOwn(prototype, 'name') ? Reflect.get(prototype, 'name') : undefined
  return typeof name === 'string' && name in builtInClasses ? name : undefined
}

/** The name that a foreign class goes by: what it says of itself, else what its constructor is called. */
function ownClassName(error: object): string {
  const name = textOf(read(error, 'name'))
  if (name !== '' && !(name in knownClasses)) return name
  const constructor = read(error, 'constructor')
  const called = typeof constructor === 'function' ? read(constructor, 'name') : undefined
  return typeof called === 'string' && called !== '' ? called : name
}

/** Own enumerable fields, and the hidden ones; where there are too many of them, the last says how many there were. */
function fieldsOf(error: object): string[] {
  try {
    const keys = Object.keys(error).filter((key) => !(key in ownPlace))
    const kept = keys.slice(0, MOST_NODES)
    if (keys.length > MOST_NODES) kept.push(`${keys.length - MOST_NODES} more fields were left out`)
    return kept.concat(hidden.filter((key) => has(error, key) && !kept.includes(key)))
  } catch {
    return []
  }
}

function has(object: object, key: string): boolean {
  try {
    return Object.hasOwn(object, key)
  } catch {
    return false
  }
}

function read(object: object, key: string): unknown {
  try {
    return Reflect.get(object, key)
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : inspectSafely(value)
}

/** What a node is, without what it refers to; of what the error carries, a text stands for what cannot be read here. */
function create(node: EncodedNode, origin: string, isThrown: boolean): unknown {
  switch (node[0]) {
    case 'error':
      return createError(node[1], origin)
    case 'value':
      try {
        return decode('result', node[1])
      } catch (error) {
        if (isThrown) throw error
        return 'a value that cannot be read here'
      }
    case 'text':
      return node[1]
  }
}

function createError(parts: ErrorParts, origin: string): Error {
  if (parts.known === 'DOMException') {
    const exception = new (domException())(parts.message, parts.name)
    define(exception, 'stack', `${parts.stack}\n    in ${origin}`)
    return exception
  }
  const error = new Error(parts.message)
  const known = (parts.known === null ? undefined : knownClasses[parts.known]) ?? RemoteError
  Object.setPrototypeOf(error, known.prototype)
  define(error, 'stack', `${parts.stack}\n    in ${origin}`)
  if (parts.ownName || known === RemoteError) define(error, 'name', parts.name)
  return error
}

function textParts(text: string): ErrorParts {
  const stack = `RemoteError: ${text}`
  const none = { fields: [], cause: null, errors: null }
  return { known: null, name: 'RemoteError', ownName: false, message: text, stack, ...none }
}

function complete(error: Error, parts: ErrorParts, values: readonly unknown[]): void {
  // Defined, never assigned: a field called `__proto__` stays a field.
  for (const [key, place] of parts.fields) {
    const isHidden = parts.known === 'SuppressedError' && (key === 'error' || key === 'suppressed')
    define(error, key, values[place], !isHidden)
  }
  if (parts.cause !== null) define(error, 'cause', values[parts.cause])
  if (parts.errors !== null) {
    define(
      error,
      'errors',
      parts.errors.map((place) => values[place]),
    )
  }
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  // No prototype: what was put on Object.prototype must not become part of it.
  const descriptor = { __proto__: null, value, enumerable, writable: true, configurable: true }
  Object.defineProperty(error, key, descriptor as PropertyDescriptor)
}
