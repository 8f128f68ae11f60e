/**
 * Reading an options object: own properties only, so that a polluted `Object.prototype` changes nothing; unknown keys
 * refused; each property read once, before anything starts.
 */
import { invalidType, isRevoked, unknownOption } from '../errors/index.ts'

/** True for an object literal or an `Object.create(null)`; false for arrays, class instances and proxies of them. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  let prototype: unknown
  try {
    prototype = Object.getPrototypeOf(value)
    // The usual one first: asking for its prototype, as another realm's needs, costs as much as all the rest.
    return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
  } catch (error) {
    if (isRevoked(value) || isRevoked(prototype)) return false
    // What a trap threw is the caller's own.
    throw error
  }
}

/**
 * A null-prototype copy of the own, defined options.
 * @param of what the options belong to, for the message: `square()`, `new Process()`
 * @throws CorepoolError `ERR_INVALID_ARG_TYPE` when it is no plain object, `ERR_INVALID_ARG_VALUE` for an unknown key
 */
export function readOptions<K extends string>(
  of: string,
  options: unknown,
  known: readonly K[],
): { readonly [key in K]?: unknown } {
  if (options === undefined) return { __proto__: null } as object
  if (!isPlainObject(options)) throw invalidType(`The options of ${of}`, 'a plain object', options)
  return readOwnOptions(of, options, known)
}

/** As `readOptions`, of what is known to be a plain object. */
export function readOwnOptions<K extends string>(
  of: string,
  options: Record<string, unknown>,
  known: readonly K[],
): { readonly [key in K]?: unknown } {
  const own: { [key in K]?: unknown } = { __proto__: null } as object
  for (const key of Object.keys(options)) {
    if (!known.includes(key as K)) throw unknownOption(of, key, known)
    const value = options[key]
    if (value !== undefined) own[key as K] = value
  }
  return own
}
