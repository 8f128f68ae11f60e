/**
 * Reading a function of this process so that a child process can have it: its text, checked, as plain data.
 *
 * Whatever would behave differently over there is refused here, before anything starts, by name and with a way out:
 * functions without source, classes, generators, and every name that the text uses but only its surroundings declare.
 */
import { pathToFileURL } from 'node:url'
import type { Function as FunctionNode } from 'acorn'
import {
  captures,
  importsFromUnknownFile,
  rewritten,
  unreadableTarget,
  unsendableTarget,
  type CapturedName,
  type TargetError,
  type UnsendableKind,
} from '../errors/index.ts'
import {
  findFreeNames,
  functionName,
  functionText,
  isNativeText,
  parseFunction,
  rewritingTool,
  type FreeName,
} from '../source/index.ts'
import { declaredAnew, importedAnew } from './mistaken-globals.ts'
import { isNodeGlobal, isProbedName } from './node-globals.ts'
import { standsInSloppyCode } from './strictness.ts'
import { positionIn, type TextPosition } from './text-position.ts'

/** A function on its way to a child: plain data, which a structured clone or JSON carries. */
export interface FunctionSource {
  readonly name: string
  /** One expression whose value is the function. */
  readonly text: string
  readonly strict: boolean
  /** The path or file: URL from which `import()` in the text resolves, and which stacks show; null: the working directory. */
  readonly file: string | null
  /** 0-based position of `text` in `file`, as `vm` takes it; a column may be negative. */
  readonly line: number
  readonly column: number
  readonly importsDynamically: boolean
  /** Of `file`, where the function loads the very file that it stands in, which would start it again; else null. */
  readonly ownUrl: string | null
  /** Free names to be bound to `(fn) => fn`: a compiler's helpers that only keep `fn.name`. */
  readonly nameKeepers: readonly string[]
  /** It uses the `require` of `file`, a CommonJS module. */
  readonly requires: boolean
  /** Globals that it uses and that `file` imports, perhaps as something else. */
  readonly imported: readonly string[]
}

/**
 * @param caller the file of the code that named the function, from callerFile()
 * @throws TargetError `ERR_TARGET_CAPTURES` for names that do not exist in a child, with line and column in the text;
 *   `ERR_INVALID_ARG_VALUE` for a kind of function that cannot be sent; `ERR_NOT_SUPPORTED` for an import() from a file that nothing tells
 */
export function readFunction(fn: Function, caller: string | null | undefined): FunctionSource {
  const source = readWithFile(fn, caller ?? null)
  if (caller === undefined && source.importsDynamically) throw importsFromUnknownFile(source.name)
  return source
}

function readWithFile(fn: Function, caller: string | null): FunctionSource {
  const text = functionText(fn)
  if (text === null) throw unsendableTarget('', 'proxy')
  const name = functionName(fn)
  const before = known.get(fn)
  if (before?.file === caller) return { ...before, name }
  const source = readText(fn, text, name, caller)
  known.set(fn, source)
  return source
}

/**
 * What was read before, a millisecond's work: a function's text never changes, and of its file the first look comes closest
 * to what was loaded.
 */
const known = new WeakMap<Function, FunctionSource>()

function readText(fn: Function, text: string, name: string, caller: string | null): FunctionSource {
  const parsed = parseFunction(text, isSloppy(fn, text, caller))
  if (parsed.problem !== null)
    throw isNativeText(text) ? unsendableTarget(name, nativeKind(name)) : unreadableTarget(name, parsed)
  const { fn: node, isMethod, privateName, strict, shift } = parsed
  if (node.type === 'ClassExpression') throw unsendableTarget(name, 'class')
  if (privateName !== null) throw unsendableTarget(name, 'private method')
  if (node.generator) throw unsendableTarget(name, 'generator')

  const isGlobal = hasRequire(caller) ? (used: string) => used === 'require' || isNodeGlobal(used) : isNodeGlobal
  const names = findFreeNames(node, strict, isGlobal, isProbedName)
  const { captured, nameKeepers, globals, importsDynamically, specifiers } = names
  const used = globals.map((global) => global.name)
  const mistaken = declaredAnew(caller, used)
  const missing = [...captured, ...globals.filter((global) => mistaken.includes(global.name))]
  if (missing.length > 0) throw refusal(name, missing, mistaken, shift)

  const position = caller === null ? { line: 0, column: 0 } : positionIn(caller, text)
  return {
    name,
    ...(isMethod ? methodExpression(node, text, shift, position) : { text, ...position }),
    strict,
    file: caller,
    importsDynamically,
    ownUrl: caller === null ? null : urlIfAmong(specifiers, caller),
    nameKeepers,
    requires: used.includes('require'),
    imported: importedAnew(caller, used),
  }
}

/** V8 has the files of CommonJS as paths, and those of ES modules, which have no `require`, as URLs. */
function hasRequire(caller: string | null): boolean {
  return caller !== null && !caller.startsWith('file:')
}

/** The URL of the file where one of the specifiers, in it, names the file itself; require() may leave the ending out. */
function urlIfAmong(specifiers: readonly string[], file: string): string | null {
  const own = file.startsWith('file:') ? file : pathToFileURL(file).href
  const paths = specifiers.filter((specifier) => /^(?:\.{0,2}\/|file:)/.test(specifier))
  const urls = paths.filter((path) => URL.canParse(path, own)).map((path) => new URL(path, own).href)
  return urls.some((url) => url === own || `${url}.js` === own) ? own : null
}

/** A method without its key, which may be computed or no name at all: the name travels apart. */
function methodExpression(
  { async, start, loc }: FunctionNode,
  text: string,
  shift: number,
  position: TextPosition,
): Pick<FunctionSource, 'text' | 'line' | 'column'> {
  const before = async ? '({async m' : '({m'
  const parameters = loc?.start ?? { line: 1, column: start }
  const column = parameters.line === 1 ? position.column + parameters.column - shift : parameters.column
  return {
    text: `${before}${text.slice(start - shift)}\n}).m`,
    line: position.line + parameters.line - 1,
    column: column - before.length,
  }
}

function refusal(name: string, free: readonly FreeName[], mistaken: readonly string[], shift: number): TargetError {
  const names = free.map(({ name: captured, line, column, member, isImport, isInlinedImport }): CapturedName => {
    const tool = isInlinedImport ? 'bundler' : rewritingTool(captured)
    return {
      name: captured,
      line,
      column: line === 1 ? column - shift + 1 : column + 1,
      imported: isImport || tool !== null ? member : null,
      tool,
      hidesGlobal: mistaken.includes(captured),
    }
  })
  // A tool's rewriting explains the other names too, and no change to the function alone would help.
  const byTool = names.find(({ tool }) => tool !== null)
  return byTool === undefined ? captures(name, names) : rewritten(name, byTool)
}

/** Plain functions tell, of whatever realm they are. Of the other kinds their file may. */
function isSloppy(fn: Function, text: string, caller: string | null): boolean {
  if (Object.hasOwn(fn, 'caller') && Object.hasOwn(fn, 'arguments')) return true
  if (mayReadArguments(fn)) return true
  const tells = Object.hasOwn(fn, 'prototype') && argumentsGetter !== undefined
  return !tells && caller !== null && standsInSloppyCode(caller, text)
}

/**
 * Up to Node 24 a plain function of sloppy code owns `caller` and `arguments`, and the getter of Function.prototype throws for every
 * function. Newer engines have no such properties on functions, and their getter throws for all but the plain functions of sloppy code.
 */
const argumentsGetter = Object.getOwnPropertyDescriptor(Function.prototype, 'arguments')?.get

function mayReadArguments(fn: Function): boolean {
  try {
    if (argumentsGetter !== undefined) Reflect.apply(argumentsGetter, fn, [])
    return argumentsGetter !== undefined
  } catch {
    return false
  }
}

function nativeKind(name: string): UnsendableKind {
  return name.startsWith('bound ') ? 'bound' : 'native'
}
