/**
 * Whether a function stood in sloppy code, from the text of its file: asked for arrows, async functions and methods, of
 * which nothing else tells. A strict copy of a sloppy function throws where the original went on.
 *
 * Says yes only of a CommonJS file that has the very text, wherever it has it; an ES module and a class are strict.
 */
import { extname } from 'node:path'
import type { AnyNode } from 'acorn'
import { acorn, childrenOf, hasUseStrict } from '../source/index.ts'
import { readSourceFile } from './source-file.ts'

/** Others go through a compiler, which may have added the directive. */
const asWritten: ReadonlySet<string> = new Set(['', '.js', '.cjs'])

/** @param file as callerFile() has it: a path for CommonJS */
export function standsInSloppyCode(file: string, text: string): boolean {
  if (file.startsWith('file:') || !asWritten.has(extname(file))) return false
  const content = readSourceFile(file)
  const first = content?.indexOf(text) ?? -1
  if (content === null || first === -1) return false
  const program = parse(content)
  if (program === null) return false
  for (let at = first; at !== -1; at = content.indexOf(text, at + 1)) {
    if (isStrictAt(program, at, at + text.length)) return false
  }
  return true
}

function isStrictAt(node: AnyNode, start: number, end: number): boolean {
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      return true
    case 'Program':
      if (hasUseStrict(node.body)) return true
      break
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      if (node.body.type === 'BlockStatement' && hasUseStrict(node.body.body)) return true
      break
  }
  const around = childrenOf(node).find((child) => child.start <= start && child.end >= end)
  return around !== undefined && isStrictAt(around, start, end)
}

/** The text as a CommonJS module; null when it is none. */
function parse(content: string): AnyNode | null {
  try {
    return acorn().parse(content, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowHashBang: true,
      allowReturnOutsideFunction: true,
    })
  } catch {
    return null
  }
}
