/**
 * Scopes, and what is declared in them.
 *
 * Declarations are entered when their scope is, before anything in it is read, so that every name is resolved the way the
 * language does: hoisted `var` and functions, block scopes, parameters apart from the body, named expressions.
 */
import type { AnyNode, Pattern } from 'acorn'
import { childrenOf } from './tree.ts'

/** What a scope says of `this` and `super`: nothing (arrows, blocks), own `this`, or own `this` and a home for `super`. */
export type Receiver = 'outer' | 'this' | 'this and super'
type Declared = 'function or class' | 'value'

/** What a scope is other than its parent says. */
export interface ScopeOptions {
  readonly receiver: Receiver
  /** Undefined: as the code around it. */
  readonly strict: boolean | undefined
  readonly isStaticBlock: boolean
}

/** A scope as most are. Others say all of it too: what an object leaves out may be inherited from Object.prototype. */
export const plainScope: ScopeOptions = { receiver: 'outer', strict: undefined, isStaticBlock: false }

export class Scope {
  readonly parent: Scope | null
  readonly receiver: Receiver
  readonly strict: boolean
  readonly isStaticBlock: boolean
  readonly privateNames = new Set<string>()
  readonly #names = new Map<string, Declared>()

  constructor(parent: Scope | null, { receiver, strict, isStaticBlock }: ScopeOptions = plainScope) {
    this.parent = parent
    this.receiver = receiver
    this.strict = strict ?? parent?.strict ?? false
    this.isStaticBlock = isStaticBlock
  }

  declare(name: string, as: Declared = 'value'): void {
    // A function and a `var` of one name are one variable: the function stays known as such.
    if (this.#names.get(name) !== 'function or class') this.#names.set(name, as)
  }

  find(name: string): Declared | undefined {
    return this.#names.get(name) ?? this.parent?.find(name)
  }

  hasPrivateName(name: string): boolean {
    return this.privateNames.has(name) || (this.parent?.hasPrivateName(name) ?? false)
  }

  /** The scope that `this` belongs to here. */
  receiving(): Scope | null {
    return this.receiver === 'outer' ? (this.parent?.receiving() ?? null) : this
  }
}

/** The names that a statement declares in the scope of its block. */
export function declareLexical(node: AnyNode, scope: Scope): void {
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
    if (node.id) scope.declare(node.id.name, 'function or class')
  } else if (node.type === 'VariableDeclaration' && node.kind !== 'var') {
    for (const { id } of node.declarations) declarePattern(id, scope)
  } else if (node.type === 'LabeledStatement') declareLexical(node.body, scope)
}

/** The names that a statement, or one within it, declares in the scope of the whole function. */
export function declareHoisted(node: AnyNode, scope: Scope): void {
  switch (node.type) {
    case 'FunctionDeclaration':
      // In sloppy code a plain function declared in a block is a `var` as well.
      if (!scope.strict && !node.async && !node.generator && node.id) scope.declare(node.id.name, 'function or class')
      return
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
      return
    case 'VariableDeclaration':
      if (node.kind === 'var') for (const { id } of node.declarations) declarePattern(id, scope)
      return
    default:
      for (const child of childrenOf(node)) declareHoisted(child, scope)
  }
}

export function declarePattern(pattern: Pattern, scope: Scope): void {
  switch (pattern.type) {
    case 'Identifier':
      return scope.declare(pattern.name)
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        declarePattern(property.type === 'RestElement' ? property.argument : property.value, scope)
      }
      return
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) declarePattern(element, scope)
      return
    case 'AssignmentPattern':
      return declarePattern(pattern.left, scope)
    case 'RestElement':
      return declarePattern(pattern.argument, scope)
    case 'MemberExpression':
      return
  }
}
