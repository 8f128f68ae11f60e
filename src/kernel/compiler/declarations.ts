/**
 * Declarations whose meaning the text does not tell. In sloppy code a function that is declared in a block is a variable of the whole
 * function besides, from when the block is entered; in strict code it is not; and which of them a function is, its text rarely says.
 */
import type { AnyNode } from 'acorn'
import { reasons } from '../../errors/index.ts'
import { childrenOf, hasUseStrict } from '../../source/index.ts'
import { namesOf } from './scopes.ts'
import type { Unit } from './unit.ts'
import type { FunctionNode } from './values.ts'

/** A function that is declared in a block, and the nodes among which strict code sees it. */
interface BlockFunction {
  readonly node: AnyNode
  readonly name: string
  readonly visibleIn: readonly AnyNode[]
}

/** Refuses what strict and sloppy code take for different things, unless the text itself is strict. */
export function checkDeclarations(unit: Unit, { params, body }: FunctionNode): void {
  if (body.type !== 'BlockStatement') return
  const found: BlockFunction[] = []
  const bound = new Set([...params.flatMap(namesOf), ...lexicalNames(body.body)])
  for (const statement of body.body) collect(unit, statement, null, bound, found)
  if (found.length === 0) return
  const whole = unit.source.fn.body
  if (hasUseStrict(body.body) || (whole.type === 'BlockStatement' && hasUseStrict(whole.body))) return
  for (const { node, name } of found) {
    const inside = new Set(found.flatMap((each) => (each.name === name ? each.visibleIn : [])))
    if ([...params, body].some((part) => isMentioned(part, name, inside)))
      unit.refuse(node, reasons.blockFunction(name))
  }
}

/**
 * Finds the functions that are declared in blocks, not those within other functions.
 * @param block what the statement is directly in; null for the function's own body
 * @param bound names that keep a function of the same name within its block, in sloppy code too
 */
function collect(
  unit: Unit,
  node: AnyNode,
  block: readonly AnyNode[] | null,
  bound: ReadonlySet<string>,
  found: BlockFunction[],
): void {
  switch (node.type) {
    case 'FunctionDeclaration': {
      const name = node.id?.name
      if (block === null || name === undefined || node.async || node.generator || bound.has(name)) return
      found.push({ node, name, visibleIn: block })
      return
    }
    case 'LabeledStatement':
      if (node.body.type === 'FunctionDeclaration') return unit.refuse(node.body, reasons.labelledFunction)
      return collect(unit, node.body, block, bound, found)
    case 'ExpressionStatement':
    case 'ReturnStatement':
      return
    case 'VariableDeclaration':
      for (const { id } of node.declarations) {
        // It begins with the arguments object, unless the function is an arrow function.
        if (node.kind === 'var' && namesOf(id).includes('arguments')) unit.refuse(id, reasons.arguments)
      }
      return
    case 'BlockStatement':
      return collectBlock(unit, node.body, [node], bound, found)
    case 'SwitchStatement':
      return collectBlock(
        unit,
        node.cases.flatMap(({ consequent }) => consequent),
        node.cases,
        bound,
        found,
      )
    case 'IfStatement':
      for (const branch of [node.consequent, node.alternate]) {
        // `if (x) function f() {}` stands for a block around it.
        if (branch) collect(unit, branch, branch.type === 'FunctionDeclaration' ? [branch] : block, bound, found)
      }
      return
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement': {
      const head = node.type === 'ForStatement' ? node.init : node.left
      const inner = new Set([...bound, ...(head ? lexicalNames([head]) : [])])
      if (head) collect(unit, head, block, bound, found)
      return collect(unit, node.body, block, inner, found)
    }
    default:
      // Expressions declare nothing: a function within one has variables of its own.
      if (node.type.endsWith('Expression')) return
      for (const child of childrenOf(node)) collect(unit, child, block, bound, found)
  }
}

function collectBlock(
  unit: Unit,
  statements: readonly AnyNode[],
  block: readonly AnyNode[],
  bound: ReadonlySet<string>,
  found: BlockFunction[],
): void {
  const own = lexicalNames(statements)
  const functions = statements.flatMap((each) => (each.type === 'FunctionDeclaration' && each.id ? [each.id.name] : []))
  const inner = new Set([...bound, ...own, ...functions])
  for (const statement of statements) {
    collect(unit, statement, block, statement.type === 'FunctionDeclaration' ? bound : inner, found)
  }
}

/** The names that `let`, `const` and classes declare directly among these statements. */
function lexicalNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((node) => {
    if (node.type === 'ClassDeclaration') return node.id ? [node.id.name] : []
    if (node.type !== 'VariableDeclaration' || node.kind === 'var') return []
    return node.declarations.flatMap(({ id }) => namesOf(id))
  })
}

/** Whether anything outside of those nodes is called by that name, whichever variable it stands for there. */
function isMentioned(node: AnyNode, name: string, outsideOf: ReadonlySet<AnyNode>): boolean {
  if (outsideOf.has(node)) return false
  if (node.type === 'Identifier') return node.name === name
  return childrenOf(node).some((child) => !isKeyOf(child, node) && isMentioned(child, name, outsideOf))
}

/** Whether an identifier is no variable there but the name of a member or of a label. */
function isKeyOf(child: AnyNode, node: AnyNode): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return !node.computed && child === node.property
    case 'Property':
      return !node.computed && !node.shorthand && child === node.key
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return child === node.label
    default:
      return false
  }
}
