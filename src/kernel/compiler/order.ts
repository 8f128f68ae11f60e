/** Nodes in an order in which each comes after its operands. */
import type { Node } from './node.ts'

/** All nodes that the given ones are computed from, and themselves; none of the others that a compilation made. */
export function nodesOf(roots: readonly Node[]): Node[] {
  const ordered: Node[] = []
  const entered = new Set<Node>()
  const left = new Set<Node>()
  const stack = [...roots]
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    if (entered.has(node)) {
      stack.pop()
      if (!left.has(node)) ordered.push(node)
      left.add(node)
      continue
    }
    entered.add(node)
    for (const operand of [node.c, node.b, node.a]) if (operand !== null && !entered.has(operand)) stack.push(operand)
  }
  return ordered
}
