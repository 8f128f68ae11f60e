/** What operations on constants give: the reference engine's own loops, on one lane. */
import { numberLoops, type OpName } from '../program/index.ts'
import type { Node } from './node.ts'

type Loop = (out: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array, count: number) => void

const lanes = [new Float64Array(1), new Float64Array(1), new Float64Array(1), new Float64Array(1)] as const

/** The value of a number operation whose operands are all constants; undefined where one is not. */
export function constantOf(op: Exclude<OpName, 'gather'>, a: Node, b: Node | null, c: Node | null): number | undefined {
  const [out, ...operands] = lanes
  for (const [k, node] of [a, b, c].entries()) {
    if (node === null) continue
    if (node.kind !== 'constant' || typeof node.value !== 'number') return undefined
    ;(operands[k] as Float64Array)[0] = node.value
  }
  const loop: Loop = numberLoops[op]
  loop(out, operands[0], operands[1], operands[2], 1)
  return out[0]
}
