/** How the compiler gives up: with a code, the node, and why. compile() makes a KernelError of it, with line, column and caret. */
import type { AnyNode } from 'acorn'
import type { SourceText } from './source-text.ts'

export class Refusal extends Error {
  readonly node: AnyNode
  readonly source: SourceText
  readonly reason: string

  constructor(node: AnyNode, source: SourceText, reason: string) {
    super(reason)
    this.node = node
    this.source = source
    this.reason = reason
  }
}

/** Bigints turned up where numbers were computed: the function may be a kernel of bigints. */
export class BigintRefusal extends Refusal {}

/** What could be compiled if the bound numbers were constants: a loop would have constant bounds. */
export class ScalarLoopRefusal extends Refusal {}
