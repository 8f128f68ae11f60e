/**
 * Where a function's text stands in the file that it probably came from, so that a stack of the child points there.
 *
 * A convenience only: a file that is gone, was compiled, is large, or has the text twice gives no position and no error.
 */
import { readSourceFile } from './source-file.ts'

/** 0-based, as `vm` counts. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

const start: TextPosition = { line: 0, column: 0 }

/** @param file a path or a file: URL @returns line 0, column 0 when it cannot be told */
export function positionIn(file: string, text: string): TextPosition {
  const content = readSourceFile(file) ?? ''
  const at = content.indexOf(text)
  if (at === -1 || content.includes(text, at + 1)) return start
  const before = content.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/)
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 }
}
