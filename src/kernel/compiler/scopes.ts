/** Names of a kernel's text and what they stand for; the values are kept by Lanes. */
import type { AnyNode, Pattern } from 'acorn'
import { childrenOf } from '../../source/index.ts'

/** How a name was declared. */
export type DeclaredAs = 'const' | 'let' | 'var' | 'parameter' | 'function' | 'binding'

/** One declaration, while its scope lives: each iteration and each call has its own. */
export class Variable {
  readonly name: string
  readonly declaredAs: DeclaredAs

  constructor(name: string, declaredAs: DeclaredAs) {
    this.name = name
    this.declaredAs = declaredAs
  }
}

export class Scope {
  readonly parent: Scope | null
  readonly #variables = new Map<string, Variable>()

  constructor(parent: Scope | null) {
    this.parent = parent
  }

  /** The variable of that name in this scope, made where there is none. */
  declare(name: string, declaredAs: DeclaredAs): Variable {
    const known = this.#variables.get(name)
    if (known !== undefined) return known
    const variable = new Variable(name, declaredAs)
    this.#variables.set(name, variable)
    return variable
  }

  find(name: string): Variable | undefined {
    return this.#variables.get(name) ?? this.parent?.find(name)
  }

  /** The variable of that name, if it is of this scope. */
  own(name: string): Variable | undefined {
    return this.#variables.get(name)
  }

  all(): IterableIterator<Variable> {
    return this.#variables.values()
  }
}

/** The names that a pattern declares. */
export function namesOf(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : namesOf(element)))
    case 'AssignmentPattern':
      return namesOf(pattern.left)
    case 'RestElement':
      return namesOf(pattern.argument)
    case 'MemberExpression':
      return []
  }
}

/** Whether a parameter has an expression, for a default or for a key: `var` then makes variables apart from the parameters. */
export function computesIn(pattern: Pattern): boolean {
  switch (pattern.type) {
    case 'AssignmentPattern':
      return true
    case 'ObjectPattern':
      return pattern.properties.some((property) =>
        property.type === 'RestElement'
          ? computesIn(property.argument)
          : property.computed || computesIn(property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.some((element) => element !== null && computesIn(element))
    case 'RestElement':
      return computesIn(pattern.argument)
    default:
      return false
  }
}

/** The names that `var` declares in a statement, or within it, for the whole function. */
export function hoistedNames(node: AnyNode): string[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'ExpressionStatement':
    case 'ReturnStatement':
      return []
    case 'VariableDeclaration':
      if (node.kind === 'var') return node.declarations.flatMap(({ id }) => namesOf(id))
      return []
    default:
      // Expressions declare nothing: a function within one has variables of its own.
      return node.type.endsWith('Expression') ? [] : childrenOf(node).flatMap(hoistedNames)
  }
}
