/**
 * The text of a kernel: a function's own, or a string that the caller wrote (a function's text, or one expression of one
 * free name); and what its tree says before anything is compiled.
 */
import type { AnyNode, ArrowFunctionExpression, FunctionExpression } from 'acorn'
import {
  kernelCaptures,
  kernelSyntax,
  kernelUnsupported,
  kernelUnsupportedWhole,
  kernelWithoutText,
  reasons,
  type KernelError,
  type KernelText,
  type SourcePosition,
} from '../../errors/index.ts'
import {
  findFreeNames,
  functionName,
  functionText,
  isNativeText,
  parseFunction,
  rewritingTool,
  type SyntaxProblem,
} from '../../source/index.ts'
import { isGlobalName, isKeyword, refusedGlobal } from './global-names.ts'

/** A text and its tree. */
export interface SourceText {
  readonly name: string
  /** What was compiled: for messages, and for toString(). */
  readonly text: string
  readonly fn: ArrowFunctionExpression | FunctionExpression
  readonly strict: boolean
  /** One expression whose value is the function: the text, or of a method an object around it. */
  readonly expression: string
  /** Columns of line 1 before the text in the tree. */
  readonly shift: number
  /** Free names that only keep a function's name: `X(fn, 'name')` is `fn`. */
  readonly nameKeepers: ReadonlySet<string>
}

const keep = (kept: unknown): unknown => kept

/** The functions that helpers of compilers are which the text uses free, as the compiler takes them. */
export function helpersOf({ nameKeepers }: Pick<SourceText, 'nameKeepers'>): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([['__pow', Math.pow], ...[...nameKeepers].map((name) => [name, keep] as const)])
}

const { random } = Math

/** The name and text of a function. @throws KernelError `ERR_KERNEL_UNSUPPORTED` where it has none */
export function textOfFunction(fn: Function): { readonly name: string; readonly text: string } {
  const text = functionText(fn)
  // First: to ask a Proxy for its name is to run its traps.
  if (text === null) throw kernelWithoutText('', reasons.proxy)
  const name = functionName(fn)
  if (fn === random) throw kernelWithoutText(name, reasons.random)
  return { name, text }
}

/**
 * The tree of a function's text.
 * @param isBound whether a name is given in bindings
 * @throws KernelError `ERR_KERNEL_SYNTAX`, `ERR_KERNEL_UNSUPPORTED`, `ERR_TARGET_CAPTURES`
 */
export function parseSource(name: string, text: string, isBound: (name: string) => boolean): SourceText {
  return withinStack({ name, text }, () => sourceOf(name, text, isBound))
}

/**
 * What the work on a text gives. Whoever walks a tree calls itself as deep as the tree is nested.
 * @throws KernelError `ERR_KERNEL_UNSUPPORTED` where that is deeper than the stack
 */
export function withinStack<T>(source: KernelText, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RangeError && /call stack/i.test(error.message))) throw error
    throw kernelUnsupportedWhole(source, reasons.nesting)
  }
}

function sourceOf(name: string, text: string, isBound: (name: string) => boolean): SourceText {
  const parsed = parseFunction(text, false)
  if (parsed.problem !== null) {
    if (isNativeText(text)) {
      throw kernelWithoutText(name, name.startsWith('bound ') ? reasons.bound : reasons.native)
    }
    throw syntaxError(name, text, parsed)
  }
  const { fn, strict, isMethod, shift } = parsed
  if (fn.type === 'ClassExpression') throw kernelUnsupportedWhole({ name, text }, reasons.class)
  if (fn.generator) throw kernelUnsupportedWhole({ name, text }, reasons.generator)
  if (fn.async) throw kernelUnsupportedWhole({ name, text }, reasons.async)
  const nameKeepers = checkNames({ name, text, fn, strict, shift }, isBound)
  // A method without its key, which may be computed or no name at all.
  const expression = isMethod ? `({m${text.slice(fn.start - shift)}\n}).m` : text
  return { name, text, fn, strict, expression, shift, nameKeepers }
}

/** What ends too early was complained of in what is parsed around it. */
function syntaxError(name: string, text: string, { line, column, problem }: SyntaxProblem): KernelError {
  // How the parser says that its own stack has ended.
  if (problem.startsWith('Not enough stack'))
    return kernelUnsupported({ name, text }, { line, column }, reasons.nesting)
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
  const end = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
  const isPastEnd = line > end.line || (line === end.line && column > end.column)
  return isPastEnd
    ? kernelSyntax({ name, text }, end, 'it ends too early')
    : kernelSyntax({ name, text }, { line, column }, problem)
}

/** The text of a string that the caller wrote, as the text of a function. */
export function textOfString(written: string, isBound: (name: string) => boolean): string {
  let text = written.trim()
  // As often as there are some: one expression for all of them looks at each blank as often as blanks precede it.
  while (text.endsWith(';')) text = text.slice(0, -1).trimEnd()
  return withinStack({ name: '', text }, () => functionIn(text, isBound))
}

function functionIn(text: string, isBound: (name: string) => boolean): string {
  const asFunction = parseFunction(text, false)
  if (asFunction.problem === null) return text
  const before = '() => ('
  const asExpression = parseFunction(`${before}${text}\n)`, false)
  // In other brackets too: `x) + (x` closes the parenthesis before it, and opens the one after it.
  const asElements = parseFunction(`() => [${text}\n]`, false)
  if (asExpression.problem !== null || asElements.problem !== null) {
    const found = asExpression.problem === null ? (asElements as SyntaxProblem) : asExpression
    const { line, column, problem } = found
    const inText = line === 1 ? { line, column: Math.max(1, column - before.length), problem } : found
    // Whichever reading came further is what was meant.
    const isFurther =
      asFunction.line > inText.line || (asFunction.line === inText.line && asFunction.column > inText.column)
    throw syntaxError('', text, isFurther ? asFunction : inText)
  }
  const { fn, strict, shift } = asExpression
  if (fn.type !== 'ArrowFunctionExpression') throw new TypeError('an arrow function was written')
  if (fn.body.type === 'ArrowFunctionExpression' || fn.body.type === 'FunctionExpression') {
    // A function in parentheses.
    return text.slice(fn.body.start - shift - before.length, fn.body.end - shift - before.length)
  }
  const { captured } = findFreeNames(
    fn,
    strict,
    (name) => isGlobalName(name) || isBound(name),
    () => false,
  )
  const names = captured.map(({ name }) => name)
  const [parameter] = names
  for (const { name, line, column } of captured) {
    const refused = refusedGlobal(name)
    // A single name is the parameter, whatever it means elsewhere, unless none can be called that.
    if (refused === null || (names.length === 1 && !isKeyword(name))) continue
    const at = { line, column: line === 1 ? column - shift - before.length + 1 : column + 1 }
    throw kernelUnsupported({ name: '', text }, at, refused)
  }
  if (parameter === undefined || names.length > 1) {
    throw kernelUnsupportedWhole({ name: '', text }, reasons.freeNames(names))
  }
  return `(${parameter}) => (${text}\n)`
}

/** Refuses every name that nothing declares; gives those that only keep names. */
function checkNames(
  { name, text, fn, strict, shift }: Pick<SourceText, 'name' | 'text' | 'fn' | 'strict' | 'shift'>,
  isBound: (name: string) => boolean,
): ReadonlySet<string> {
  const isKnown = (used: string): boolean => isGlobalName(used) || isBound(used)
  const { captured, nameKeepers } = findFreeNames(fn, strict, isKnown, () => false)
  const undeclared = []
  for (const { name: used, line, column } of captured) {
    const at = { line, column: line === 1 ? column - shift + 1 : column + 1 }
    const refused = refusedGlobal(used)
    if (refused !== null) throw kernelUnsupported({ name, text }, at, refused)
    undeclared.push({ name: used, ...at, tool: rewritingTool(used) })
  }
  if (undeclared.length > 0) throw kernelCaptures({ name, text }, undeclared)
  return new Set(nameKeepers)
}

/** Where a node stands in the text, from 1. */
export function positionOf(node: AnyNode, { shift }: SourceText): SourcePosition {
  const { line, column } = node.loc?.start ?? { line: 1, column: node.start }
  return { line, column: line === 1 ? column - shift + 1 : column + 1 }
}

/** The error of a refusal. */
export function refusalError(node: AnyNode, source: SourceText, reason: string): KernelError {
  return kernelUnsupported(source, positionOf(node, source), reason)
}
