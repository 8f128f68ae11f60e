/** What every reader of a tree of acorn asks of it. */
import type { AnyNode } from 'acorn'

/** True for the statements of a function or program that says so of itself. */
export function hasUseStrict(statements: readonly AnyNode[]): boolean {
  return statements.some((node) => {
    return node.type === 'ExpressionStatement' && Object.hasOwn(node, 'directive') && node.directive === 'use strict'
  })
}

/** The nodes directly below `node`, in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flat().filter(isNode)
}

function isNode(value: unknown): value is AnyNode {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'type')) return false
  return typeof (value as { readonly type: unknown }).type === 'string'
}
