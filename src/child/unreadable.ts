/**
 * Objects that V8 writes although nobody could read them: of a WebAssembly.Module it writes nothing at all, which breaks what stands
 * around it; of Node's own classes, which to it are plain objects, it writes an empty one.
 *
 * To look through a whole value would take as long as to write it. So its first parts are looked at, those near its root before those
 * deeper down. A module behind them is found by the process that reads the value.
 */
import { builtinModule } from './builtin-module.ts'

// As they were before the target ran.
const { ArrayBuffer, Array, Object, Reflect } = globalThis
const globals = globalThis
const { isView } = ArrayBuffer
const { isArray } = Array
const { getPrototypeOf, keys, prototype: plain } = Object
const { get } = Reflect
const { isMap, isNativeError, isSet } = builtinModule('node:util').types
const isBun = process.versions['bun'] !== undefined

/** Items of arrays, fields and entries that are looked at: at most 0.2 ms. */
const MOST_PARTS = 2 ** 12

const ofNode =
  /^(?:URL(?:SearchParams)?|Blob|File|FormData|Headers|Request|Response|(?:Readable|Transform|Writable)Stream|BlockList|SocketAddress)$/

/** The class of that name which cannot be read. Looked up last, since Node loads some of them when they are first asked for. */
function classNamed(name: string): unknown {
  if (name === 'Module') return get(get(globals, 'WebAssembly') as object, name)
  // Bun clones some of Node's, and refuses the others itself.
  if (isBun || !ofNode.test(name)) return undefined
  return name in globals ? get(globals, name) : get(builtinModule('node:net'), name)
}

/** The class for which this one object, whatever is in it, cannot be read in another process; null when it can be. */
export function unreadableClass(object: object): string | null {
  try {
    for (let at = getPrototypeOf(object); at !== null && at !== plain; at = getPrototypeOf(at)) {
      const { constructor } = at
      // A function, and not what the target may have put there, whose name may be anything.
      if (typeof constructor === 'function' && constructor === classNamed(constructor.name)) return constructor.name
    }
  } catch {
    // What cannot be looked at is none of these.
  }
  return null
}

/** True where one of the first parts of `value` cannot be read in another process. */
export function hasUnreadable(value: unknown): boolean {
  const found: object[] = []
  const budget = { left: MOST_PARTS }
  const add = (part: unknown): void => {
    budget.left -= 1
    if (typeof part === 'object' && part !== null) found[found.length] = part
  }
  add(value)
  for (let next = 0; next < found.length && budget.left > 0; next += 1) {
    const object = found[next] as object
    const prototype: unknown = getPrototypeOf(object)
    const isPlain = prototype === plain || prototype === null
    if (!isPlain && unreadableClass(object) !== null) return true
    if (isArray(object)) for (let n = 0; n < object.length && budget.left > 0; n += 1) add(object[n])
    else if (isPlain) addFields(object, budget, add)
    else if (isMap(object) || isSet(object)) addEntries(object, budget, add)
    else if (isNativeError(object)) add(object.cause)
    else if (!isView(object)) addFields(object, budget, add)
  }
  return false
}

interface Budget {
  readonly left: number
}

function addFields(object: object, budget: Budget, add: (part: unknown) => void): void {
  const names = keys(object)
  for (let n = 0; n < names.length && budget.left > 0; n += 1) add(get(object, names[n] as string))
}

function addEntries(object: Map<unknown, unknown> | Set<unknown>, budget: Budget, add: (part: unknown) => void): void {
  // There is no way out of forEach.
  if (object.size > budget.left) return
  object.forEach((item: unknown, key: unknown) => {
    add(key)
    add(item)
  })
}
