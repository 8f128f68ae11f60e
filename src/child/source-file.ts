/**
 * The text of a file that a function came from, or that a target names. What it tells is a convenience: a file that is
 * gone or large is as good as none, and no error.
 */
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Bytes beyond which reading and parsing would cost more than starting the child. */
const LARGEST = 2 ** 20

/** @param file a path or a file: URL @returns null when it cannot be read, or is too long */
export function readSourceFile(file: string): string | null {
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file
    return statSync(path).size > LARGEST ? null : readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
