/** What keeps a function from being compiled as a kernel: the wording of the errors, with the place and a caret under it. */
import { KernelError } from './classes.ts'

/** A place in a kernel's source text, from 1. */
export interface SourcePosition {
  readonly line: number
  readonly column: number
}

/** The text that is compiled, and what it is called. */
export interface KernelText {
  readonly name: string
  readonly text: string
}

/** A name that a kernel's text uses and nothing declares. */
export interface UndeclaredName extends SourcePosition {
  readonly name: string
  /** Which kind of tool put the name there; null when the programmer wrote it. */
  readonly tool: 'vitest' | 'istanbul' | 'compiler' | null
}

/** `ERR_KERNEL_SYNTAX`: the text is neither a function nor an expression. */
export function kernelSyntax(source: KernelText, at: SourcePosition, problem: string): KernelError {
  return kernelError('ERR_KERNEL_SYNTAX', source, at, `it could not be parsed: ${problem}`)
}

/** `ERR_KERNEL_UNSUPPORTED`: what the text says at that place has no meaning in a compiled kernel. */
export function kernelUnsupported(source: KernelText, at: SourcePosition, reason: string): KernelError {
  return kernelError('ERR_KERNEL_UNSUPPORTED', source, at, reason)
}

/** `ERR_KERNEL_UNSUPPORTED`: the text as a whole is that of something else than a function of numbers. */
export function kernelUnsupportedWhole(source: KernelText, reason: string): KernelError {
  return kernelUnsupported(source, { line: 1, column: 1 }, reason)
}

/** `ERR_KERNEL_UNSUPPORTED`: there is no text to compile. */
export function kernelWithoutText(name: string, reason: string): KernelError {
  return new KernelError('ERR_KERNEL_UNSUPPORTED', `${subject(name)} cannot be compiled: ${reason}.`, {
    line: 1,
    column: 1,
    reason,
  })
}

/** `ERR_TARGET_CAPTURES`: names all of them, the first with its place. */
export function kernelCaptures(source: KernelText, names: readonly UndeclaredName[]): KernelError {
  const first = names.find(({ tool }) => tool !== null) ?? names[0]
  if (first === undefined) throw new RangeError('no name is captured')
  if (first.tool !== null) {
    return kernelError('ERR_TARGET_CAPTURES', source, first, `it uses "${first.name}", which ${rewritings[first.tool]}`)
  }
  const listed = names.map(({ name }) => `"${name}"`)
  const uses = listed.length === 1 ? listed[0] : `${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`
  const [what, it] = listed.length === 1 ? ['is', 'it'] : ['are', 'them']
  const example = names.map(({ name }) => name).join(', ')
  const reason =
    `it uses ${uses}, which ${what} not declared in it, and a function's variables cannot be read from outside. ` +
    `Pass ${it} in bindings: kernel(fn, { bindings: { ${example} } })`
  return kernelError('ERR_TARGET_CAPTURES', source, first, reason)
}

const rewritings = {
  vitest:
    'is an imported binding as vitest rewrites it. Pass the value in bindings, or keep the function in a file that vitest does not transform',
  istanbul:
    "Istanbul put there to count coverage. Use V8 coverage (c8, coverage.provider: 'v8'), or exclude the function: /* istanbul ignore next */",
  compiler: "a compiler or bundler put there. Compile for Node 20 or later (target: 'es2022'), or pass it in bindings",
} as const

function kernelError(
  code: 'ERR_KERNEL_SYNTAX' | 'ERR_KERNEL_UNSUPPORTED' | 'ERR_TARGET_CAPTURES',
  source: KernelText,
  { line, column }: SourcePosition,
  reason: string,
): KernelError {
  const message =
    `${subject(source.name)} cannot be compiled (line ${line}, column ${column}): ${reason}.\n` +
    caret(source.text, line, column)
  return new KernelError(code, message, { line, column, reason })
}

function subject(name: string): string {
  return name === '' ? 'The kernel' : name
}

/** Columns of text around the place that are shown of a long line, as minifiers write them. */
const SHOWN = 100

/** The line of that place, and a caret below it. */
function caret(text: string, line: number, column: number): string {
  const whole = text.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? ''
  const from = column > SHOWN * 0.75 ? column - Math.floor(SHOWN / 2) : 0
  const shown = whole.slice(from, from + SHOWN)
  const gutter = `  ${line} | ${from > 0 ? '…' : ''}`
  // A tab stays a tab above the caret, so that the two lines agree however wide it is shown.
  const before = shown.slice(0, Math.max(0, column - 1 - from)).replace(/[^\t]/g, ' ')
  return `${gutter}${shown}${from + SHOWN < whole.length ? '…' : ''}\n${gutter.replace(/[^|]/g, ' ').replace(/…$/, ' ')}${before}^`
}
