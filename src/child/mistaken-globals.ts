/**
 * Globals that are not what a function meant: its file has something else under the same name, `import crypto from
 * 'node:crypto'` say, and in the child the name is the global.
 *
 * What the file plainly makes itself is told before anything starts. An import may well be the global (`performance` of
 * `node:perf_hooks` is), so it is allowed, and mentioned when the function fails in a way that it explains.
 */
import { builtinModules } from 'node:module'
import type { AnyNode, Program } from 'acorn'
import { acorn } from '../source/index.ts'
import { explain } from './explain.ts'
import { readSourceFile } from './source-file.ts'

/** Kinds of values that are made where they stand, and therefore never a global under its own name. */
const made: ReadonlySet<AnyNode['type']> = new Set<AnyNode['type']>([
  'ArrayExpression',
  'ArrowFunctionExpression',
  'ClassExpression',
  'FunctionExpression',
  'Literal',
  'NewExpression',
  'ObjectExpression',
  'TemplateLiteral',
])

/** Those of `globals` that `file` itself declares, at its top, as something else. */
export function declaredAnew(file: string | null, globals: readonly string[]): string[] {
  const text = textOf(file)
  // Parsing is for the rare file in which it may find something.
  const suspected = globals.filter((name) => declaration(name).test(text))
  const program = suspected.length === 0 ? null : parse(text)
  if (program === null) return []
  const own = new Set(program.body.flatMap((statement) => namesMadeBy(statement)))
  return suspected.filter((name) => own.has(name))
}

/** Those of `globals` that `file` imports, from wherever; `null`, a program without file, has Node's modules by name. */
export function importedAnew(file: string | null, globals: readonly string[]): string[] {
  if (file === null) return globals.filter((name) => builtinModules.includes(name))
  const text = textOf(file)
  return globals.filter((name) => importing(name).test(text))
}

/** The function, whose errors say so where a global that its file imports as something else explains them. */
export function explaining(fn: Callable, imported: readonly string[]): Callable {
  if (imported.length === 0) return fn
  return async (...args) => {
    try {
      return await fn(...args)
    } catch (error) {
      explain(error, imported)
      throw error
    }
  }
}

type Callable = (...args: unknown[]) => unknown

function textOf(file: string | null): string {
  return (file === null ? null : readSourceFile(file)) ?? ''
}

const declaration = (name: string): RegExp => new RegExp(`\\b(?:function|class|const|let|var)\\s+${name}\\b`)

/** `import NAME from`, `import { other as NAME } from`, `const NAME = require(`, `const { NAME } = await import(`. */
const importing = (name: string): RegExp =>
  new RegExp(
    `\\bimport\\s(?:[^'"();]*?[\\s,{*])?${name}\\b(?!\\s+as\\b)[^'"();]*?\\bfrom\\b|` +
      `\\b(?:const|let|var)\\s[^=;()]*?\\b${name}\\b[^=;()]*=\\s*(?:await\\s+import|require)\\s*\\(`,
  )

function namesMadeBy(statement: Program['body'][number]): string[] {
  const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  switch (node?.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return node.id === null ? [] : [node.id.name]
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id, init }) =>
        id.type === 'Identifier' && init && made.has(init.type) ? [id.name] : [],
      )
    default:
      return []
  }
}

/** The text as a module, or as CommonJS; null where it is TypeScript. */
function parse(text: string): Program | null {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return acorn().parse(text, {
        ecmaVersion: 'latest',
        sourceType,
        allowHashBang: true,
        allowReturnOutsideFunction: true,
      })
    } catch {
      continue
    }
  }
  return null
}
