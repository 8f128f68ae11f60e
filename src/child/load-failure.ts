/** What to say of a module that could not be imported as a target, in the child, where it is known. */
import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { targetFileNotFound, targetLoadFailed } from '../errors/index.ts'

/** Endings under which a module may stand in the place of another: before and after it is compiled. */
const endings = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs']

/**
 * @param cause what importing `url` threw
 * @returns `ERR_TARGET_NOT_FOUND` when there is no such file, with the one that there is under another ending;
 *   `ERR_TARGET_LOAD_FAILED` otherwise
 */
export function loadFailure(url: string, cause: unknown): unknown {
  if (saysAll(cause)) return cause
  if (!url.startsWith('file:')) return targetLoadFailed(url, cause)
  const path = fileURLToPath(url)
  if (existsSync(path)) return targetLoadFailed(url, cause)
  const stem = path.slice(0, path.length - extname(path).length)
  const other = endings.map((ending) => stem + ending).find((candidate) => candidate !== path && existsSync(candidate))
  return targetFileNotFound(path, other ?? null, cause)
}

/** The refusal of a start, by the Process class that the module has imported, says all by itself. */
function saysAll(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_TARGET_LOAD_FAILED'
}
