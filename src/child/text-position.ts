/**
 * Where a function's text stands in the file that it probably came from, so that a stack of the child points there.
 *
 * A convenience only: a file that is gone, was compiled, is large, or has the text twice gives no position and no error.
 */
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** 0-based, as `vm` counts. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** Reading more than this would cost more than starting the child. */
const largestFile = 1 << 20

const start: TextPosition = { line: 0, column: 0 }

/** @param file a path or a file: URL @returns line 0, column 0 when it cannot be told */
export function positionIn(file: string, text: string): TextPosition {
  const content = read(file)
  const at = content.indexOf(text)
  if (at === -1 || content.includes(text, at + 1)) return start
  const before = content.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/)
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 }
}

function read(file: string): string {
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file
    return statSync(path).size > largestFile ? '' : readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
