/**
 * From a function's text to its syntax tree.
 *
 * What V8 prints for a function is an expression, a method without the object or class around it, or no source at all
 * (`{ [native code] }`). Only parsing tells these apart: a comment may say anything. The text is therefore tried in every
 * place where it could have stood, strict code first, and counts as parsed only where it is one whole function.
 */
import type { AnyNode, ArrowFunctionExpression, ClassExpression, FunctionExpression } from 'acorn'
import { acorn } from './acorn.ts'
import { childrenOf } from './tree.ts'

export interface ParsedFunction {
  readonly problem: null
  readonly fn: FunctionExpression | ArrowFunctionExpression | ClassExpression
  readonly isMethod: boolean
  /** The name of a `#method`: it cannot be written outside its class. */
  readonly privateName: string | null
  readonly strict: boolean
  /** Where the tree's offset 0 lies before the text: `text[i]` is at `i + shift`, on line 1 also in columns. */
  readonly shift: number
}

/** Why no place fitted: the complaint of the attempt that came furthest, positions in the text. */
export interface SyntaxProblem {
  readonly problem: string
  readonly line: number
  readonly column: number
}

interface Place {
  readonly before: string
  readonly after: string
  readonly strict: boolean
}

// Around each: a constructor of a derived class (strict) or a method (sloppy), so that `super`, `super()` and `new.target` of
// an arrow function parse here as they did in its own place, and are then refused by name.
const strictPlaces: readonly Place[] = [
  { before: '(class extends Object{constructor(){(', after: '\n)}})', strict: true },
  { before: '(class extends Object{constructor(){({', after: '\n})}})', strict: true },
  { before: '(class extends Object{', after: '\n})', strict: true },
]
const sloppyPlaces: readonly Place[] = [
  { before: '({m(){(', after: '\n)}})', strict: false },
  { before: '({m(){({', after: '\n})}})', strict: false },
]

/** @param sloppy whether the function stood in sloppy code; otherwise it is taken as strict where that parses */
export function parseFunction(text: string, sloppy: boolean): ParsedFunction | SyntaxProblem {
  let furthest: SyntaxProblem & { readonly at: number } = { problem: 'it is no function', line: 1, column: 1, at: -1 }
  for (const place of sloppy ? [...sloppyPlaces, ...strictPlaces] : [...strictPlaces, ...sloppyPlaces]) {
    const shift = place.before.length
    try {
      const parsed = wholeNode(parse(place.before + text + place.after), shift, shift + text.length)
      if (parsed !== null) return { problem: null, ...parsed, strict: place.strict, shift }
    } catch (error) {
      if (!isParseError(error)) throw error
      const { line, column } = error.loc
      const at = error.pos - shift
      const problem = error.message.replace(/ \(\d+:\d+\)$/, '')
      if (at > furthest.at) furthest = { problem, line, column: line === 1 ? column - shift + 1 : column + 1, at }
    }
  }
  return furthest
}

/** The function that spans exactly `start` to `end`, or null when something else does. */
function wholeNode(
  node: AnyNode,
  start: number,
  end: number,
): Pick<ParsedFunction, 'fn' | 'isMethod' | 'privateName'> | null {
  if (node.start === start && node.end === end) {
    switch (node.type) {
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'ClassExpression':
        return { fn: node, isMethod: false, privateName: null }
      case 'Property':
      case 'MethodDefinition': {
        if (node.value.type !== 'FunctionExpression') return null
        const privateName = node.key.type === 'PrivateIdentifier' ? node.key.name : null
        return { fn: node.value, isMethod: true, privateName }
      }
    }
  }
  const around = childrenOf(node).find((child) => child.start <= start && child.end >= end)
  return around === undefined ? null : wholeNode(around, start, end)
}

function parse(code: string): AnyNode {
  return acorn().parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'script',
    locations: true,
    // Names of a class around the function, and `import.meta` of its module: parsed, so that they are refused by name.
    checkPrivateFields: false,
    allowImportExportEverywhere: true,
  })
}

function isParseError(error: unknown): error is SyntaxError & { pos: number; loc: { line: number; column: number } } {
  return error instanceof SyntaxError && Object.hasOwn(error, 'pos') && Object.hasOwn(error, 'loc')
}
