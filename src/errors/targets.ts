/** Wording of what is wrong with a target: a function that cannot be sent, a module that does not deliver. */
import { TargetError, ownCode } from './classes.ts'
import { isIdentifier } from './identifier.ts'

/** A name that a function uses and that does not exist in a child process; the position is the first use, from 1. */
export interface CapturedName {
  readonly name: string
  readonly line: number
  readonly column: number
  /** The import that the name stands for, where a tool rewrote the text. */
  readonly imported: string | null
  /** Which kind of tool put the name there; null when the programmer wrote it. */
  readonly tool: 'vitest' | 'istanbul' | 'compiler' | 'bundler' | null
  /** The file declares it, over a global of the same name. */
  readonly hidesGlobal: boolean
}

/** Functions whose text, if they have one, is of no use elsewhere. */
export type UnsendableKind = 'class' | 'generator' | 'private method' | 'native' | 'bound' | 'proxy'

/** `ERR_TARGET_CAPTURES`: names all of them, the first with its position. */
export function captures(target: string, names: readonly CapturedName[]): TargetError {
  const [first, ...others] = names
  const uses = names.map((captured) => (captured === first ? placed(captured) : `"${captured.name}"`))
  const what = others.length === 0 ? 'which does not exist' : 'which do not exist'
  // One hint, that of the first name: the others come up when it is solved.
  const hint = first === undefined ? null : hintFor(target, first)
  return new TargetError(
    'ERR_TARGET_CAPTURES',
    `${subject(target)} uses ${listed(uses)}, ${what} in the child process. ` +
      `${hint ?? `Pass ${others.length === 0 ? 'it' : 'them'} in args`}, or ${asModule(target)}.`,
  )
}

/** `ERR_TARGET_CAPTURES`: the text is no longer what was written; says whose rewriting it is. */
export function rewritten(target: string, found: CapturedName): TargetError {
  return new TargetError('ERR_TARGET_CAPTURES', `${subject(target)} uses ${placed(found)}. ${rewriting(target, found)}`)
}

function rewriting(target: string, { name, imported, tool }: CapturedName): string {
  if (tool === 'istanbul') {
    return (
      'Istanbul put it there to count coverage, and its counters do not exist in the child process. ' +
      `Use V8 coverage (c8, coverage.provider: 'v8'), or ${asModule(target)}.`
    )
  }
  if (tool === 'bundler') {
    return (
      'That is an import() whose module a bundler or compiler put into the same file, where the child process cannot import it. ' +
      `Keep import() as it is (esbuild: external or splitting; modules: 'esm'), or ${asModule(target)}.`
    )
  }
  if (tool === 'compiler') {
    return (
      'A compiler or bundler put it there, and it does not exist in the child process. ' +
      `Compile for Node 20 or later (target: 'es2022'), or ${asModule(target)}.`
    )
  }
  const written =
    name === '__vite_ssr_dynamic_import__'
      ? 'an import()'
      : imported === null
        ? 'an imported binding'
        : `the imported binding "${imported}"`
  return (
    `That is ${written} as vitest rewrites it, which does not exist in the child process. ` +
    `Keep the function in a file that vitest does not transform, pass the value in args, or ${asModule(target)}.`
  )
}

/** `ERR_INVALID_ARG_VALUE`: this kind of function cannot be sent at all. */
export function unsendableTarget(target: string, kind: UnsendableKind): TargetError {
  return new TargetError('ERR_INVALID_ARG_VALUE', `${subject(target)} ${reasons[kind]}, or ${asModule(target)}.`)
}

const reasons: Readonly<Record<UnsendableKind, string>> = {
  class: 'is a class, and a target is called, not constructed: make the instance inside a function',
  generator:
    'is a generator, and what it yields would have to stay in the child process: call it inside a function that returns an array',
  'private method': 'is a private method, which cannot be written outside its class: make it a function',
  native: 'has no JavaScript source to send (it is built in): call it inside a function, (...args) => name(...args)',
  bound:
    'is a bound function, which has no source to send: give the function that was bound, and the bound values in args',
  proxy: 'is a Proxy, which has no source to send: give the function itself',
}

/** `ERR_INVALID_ARG_VALUE`: the parser of this package does not understand the text. */
export function unreadableTarget(
  target: string,
  at: { readonly problem: string; readonly line: number; readonly column: number },
): TargetError {
  return new TargetError(
    'ERR_INVALID_ARG_VALUE',
    `${subject(target)} could not be parsed (line ${at.line}, column ${at.column}: ${at.problem}); ` +
      `its syntax may be newer than this package. Write it differently, or ${asModule(target)}.`,
  )
}

/** `ERR_NOT_SUPPORTED`: its import() would resolve from another place than it does in the file, and may find another file there. */
export function importsFromUnknownFile(target: string): TargetError {
  return new TargetError(
    'ERR_NOT_SUPPORTED',
    `${subject(target)} uses import(), which resolves from the file of the code that names it as a target, and nothing tells here which file ` +
      'that is: Error is frozen (--frozen-intrinsics), and stacks are empty or not those of V8. ' +
      `Use Node 22.12 or later, which tells in another way, or ${asModule(target)}.`,
  )
}

/** `ERR_TARGET_NOT_FOUND`: the module was loaded; `available` are the functions that it does export. */
export function targetNotFound(url: string, exportName: string, available: readonly string[]): TargetError {
  const exported =
    available.length === 0 ? 'It exports no function at all' : `It exports ${listed(available.map(quoted))}`
  return new TargetError(
    'ERR_TARGET_NOT_FOUND',
    `${url} exports no function "${exportName}". ${exported}; name one in target(url, exportName).`,
  )
}

/**
 * `ERR_TARGET_NOT_FOUND`: there is no such file.
 * @param other the file of the same name under another ending (`work.ts` for `work.js`)
 */
export function targetFileNotFound(path: string, other: string | null, cause: unknown): TargetError {
  const advice =
    other === null
      ? "Check the URL in target(): new URL('./work.js', import.meta.url) is relative to the file that it stands in."
      : `But there is ${other}: name that in target()${isTypeScript(other) ? `. ${forTypeScript}` : '.'}`
  return new TargetError('ERR_TARGET_NOT_FOUND', `There is no file ${path}. ${advice}`, { cause })
}

/** `ERR_TARGET_LOAD_FAILED`: importing the target's module threw; `cause` is what it threw. */
export function targetLoadFailed(url: string, cause: unknown): TargetError {
  const code = ownCode(cause)
  const isUnread = code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING'
  return new TargetError(
    'ERR_TARGET_LOAD_FAILED',
    `${url} could not be loaded in the child process: ${causeLine(cause)}. ` +
      (isUnread && isTypeScript(url)
        ? forTypeScript
        : 'Check the path, and that the file loads by itself: node file.js.'),
    { cause },
  )
}

/** `ERR_TARGET_LOAD_FAILED`: the module waits, at its top level, for what nothing is left to settle. */
export function targetNeverLoads(url: string): TargetError {
  return new TargetError(
    'ERR_TARGET_LOAD_FAILED',
    `${url} never finishes loading in the child process: it awaits a promise at its top level that nothing is left to settle. ` +
      'Await it inside the target, or settle it.',
  )
}

const forTypeScript =
  "Node 22.18 and later run TypeScript as it is; elsewhere the child needs a loader, execArgv: ['--import', 'tsx'], or the compiled file."

function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file)
}

function causeLine(cause: unknown): string {
  const line = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return (line.split('\n', 1)[0] ?? '').replace(/\.$/, '')
}

/** What to do about a name that cannot simply be passed; null where it can. */
function hintFor(target: string, { name, imported, hidesGlobal }: CapturedName): string | null {
  if (hidesGlobal)
    return 'There the name is the global, and not what its file declares: pass that in args, or rename it'
  if (imported !== null)
    return `It is the import "${imported}": pass what you need of it in args, or import() it in the body`
  if (name === target) return `To call itself it needs a name of its own: function ${target}(…) { … }`
  switch (name) {
    case 'this':
    case 'new.target':
      return 'An arrow function takes it from the code around it: write function (…) { … }'
    case 'arguments':
      return 'An arrow function takes it from the code around it: write (...args) =>'
    case 'super':
      return 'It belongs to the object that has the method: send a function without it'
    case 'import.meta':
      return 'It belongs to its module: pass import.meta.url in args'
    case 'require':
      return "It belongs to CommonJS modules: write await import('node:fs') in the body"
    case 'module':
    case 'exports':
    case '__filename':
    case '__dirname':
      return 'It belongs to the CommonJS module: pass what you need of it in args'
    default:
      return name.startsWith('#') ? 'A private name exists only inside its class: pass its value in args' : null
  }
}

/** What explains an error of a target that uses a global of this name, where its file imports something under it. */
export function sawGlobal(name: string): string {
  return (
    `In the child process "${name}" is the global, and not what the file of the target imports as "${name}": ` +
    `import() that in its body, under another name, or name an exported function by target(url, name)`
  )
}

function asModule(target: string): string {
  const exportName = isIdentifier(target) ? target : 'work'
  return `name an exported function: target(new URL('./work.js', import.meta.url), '${exportName}')`
}

function subject(target: string): string {
  return target === '' ? 'The target function' : target
}

function placed({ name, line, column }: CapturedName): string {
  return `"${name}" (line ${line}, column ${column})`
}

function quoted(name: string): string {
  return `"${name}"`
}

/** `a`, `a and b`, `a, b and c`. */
function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`
}
