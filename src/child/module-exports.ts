/**
 * Whether a module has an export, from its text alone: so that a wrong name is an error where the target is given, not in a
 * child that was started in vain. Nothing is run.
 *
 * Says no only where the text leaves no doubt. CommonJS, TypeScript, `export *`, a file that only a loader can find: there
 * the child finds out.
 */
import type { Identifier, Literal, Pattern, Program } from 'acorn'
import { targetNotFound } from '../errors/index.ts'
import { acorn } from '../source/index.ts'
import { readSourceFile } from './source-file.ts'

/** @throws TargetError `ERR_TARGET_NOT_FOUND` when the file is an ES module without that export */
export function checkExport(url: string, exportName: string): void {
  if (!url.startsWith('file:')) return
  const text = readSourceFile(url)
  const names = text === null ? null : exportsOf(text, new URL(url).pathname.endsWith('.mjs'))
  if (names !== null && !names.includes(exportName)) throw targetNotFound(url, exportName, names)
}

/** The names that an ES module exports; null when its text does not tell. */
function exportsOf(text: string, isModule: boolean): string[] | null {
  const program = parse(text)
  if (program === null) return null
  const names: string[] = []
  let isEsm = isModule
  for (const statement of program.body) {
    switch (statement.type) {
      case 'ImportDeclaration':
        isEsm = true
        break
      case 'ExportDefaultDeclaration':
        isEsm = true
        names.push('default')
        break
      case 'ExportAllDeclaration':
        // `export * from` adds names that stand elsewhere.
        if (statement.exported === null || statement.exported === undefined) return null
        names.push(nameOf(statement.exported))
        isEsm = true
        break
      case 'ExportNamedDeclaration': {
        isEsm = true
        for (const { exported } of statement.specifiers) names.push(nameOf(exported))
        const { declaration } = statement
        if (declaration?.type === 'VariableDeclaration') {
          for (const { id } of declaration.declarations) boundNames(id, names)
        } else if (declaration) {
          names.push(declaration.id.name)
        }
        break
      }
    }
  }
  return isEsm ? names : null
}

function nameOf(name: Identifier | Literal): string {
  return name.type === 'Identifier' ? name.name : String(name.value)
}

/** The names that a pattern binds. */
function boundNames(pattern: Pattern, names: string[]): void {
  switch (pattern.type) {
    case 'Identifier':
      names.push(pattern.name)
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        boundNames(property.type === 'RestElement' ? property.argument : property.value, names)
      }
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) boundNames(element, names)
      break
    case 'RestElement':
      boundNames(pattern.argument, names)
      break
    case 'AssignmentPattern':
      boundNames(pattern.left, names)
      break
  }
}

/** The text as an ES module; null when it is none. */
function parse(text: string): Program | null {
  try {
    return acorn().parse(text, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
  } catch {
    return null
  }
}
