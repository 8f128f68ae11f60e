/**
 * Naming an exported function of a module, so that a child process can import it.
 *
 * The name is plain data and nothing is loaded here: whether the module and the export exist shows in the child.
 */
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { isPlainObject } from '../arguments/index.ts'
import { invalidType, invalidValue } from '../errors/index.ts'

/** An exported function of a module; made by target(), plain data that can itself be sent to a child. */
// oxlint-disable-next-line typescript/no-explicit-any -- any function is a target; its own types come from `typeof fn`
export interface ModuleTarget<A extends unknown[] = any[], R = any> {
  /** The module's URL: `file:` or `node:`. */
  readonly url: string
  readonly exportName: string
  /** Never set: it carries the types of the function. */
  readonly types?: (...args: A) => R
}

/**
 * An exported function of a module, as the target of a Process.
 * @example
 * import type { parse } from './work.js'
 * new Process({ target: target<typeof parse>(new URL('./work.js', import.meta.url), 'parse'), args: ['text'] })
 * @param url a `file:` or `node:` URL, or an absolute path
 * @param exportName `default` when absent
 * @throws CorepoolError `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_ARG_VALUE` for a relative path or another kind of URL
 */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export function target<F extends (...args: any[]) => any>(
  url: URL | string,
  exportName = 'default',
): ModuleTarget<Parameters<F>, ReturnType<F>> {
  if (typeof exportName !== 'string') throw invalidType('exportName', 'a string', exportName)
  if (exportName === '') throw invalidValue('exportName', 'the name of an export', exportName)
  return Object.freeze({ url: moduleUrl(url), exportName })
}

/** True for what target() makes, and for a copy of it. */
export function isModuleTarget(value: unknown): value is ModuleTarget {
  // A Proxy's traps are code of its own, which may throw.
  return (
    !types.isProxy(value) && isPlainObject(value) && Object.hasOwn(value, 'url') && Object.hasOwn(value, 'exportName')
  )
}

const ACCEPTED =
  'an absolute path, or a file: or node: URL ' +
  "such as new URL('./work.js', import.meta.url) or import.meta.resolve('package')"

function moduleUrl(url: unknown): string {
  if (typeof url !== 'string' && (types.isProxy(url) || !(url instanceof URL)))
    throw invalidType('the url of a target', ACCEPTED, url)
  // First, since a Windows drive looks like the scheme of a URL.
  if (typeof url === 'string' && isAbsolute(url)) return pathToFileURL(url).href
  const parsed = parseUrl(url)
  if (parsed?.protocol === 'node:' || (parsed?.protocol === 'file:' && isLocal(parsed))) return parsed.href
  // A relative path would be resolved from this package's files, and the text of a data: URL is code that no file
  // shows.
  throw invalidValue('the url of a target', ACCEPTED, String(url))
}

function parseUrl(url: URL | string): URL | null {
  try {
    return new URL(url)
  } catch {
    return null
  }
}

/** False for a file: URL that names no file here: one with a host, or an encoded slash. */
function isLocal(url: URL): boolean {
  try {
    fileURLToPath(url)
    return true
  } catch {
    return false
  }
}
