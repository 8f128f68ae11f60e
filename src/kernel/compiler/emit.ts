/** From the graph to a program: what the result needs, in order, by references. */
import { reasons } from '../../errors/index.ts'
import { firstResult, limits, referencesOf, type Instruction, type OpName, type Program } from '../program/index.ts'
import type { Node } from './node.ts'
import { nodesOf } from './order.ts'
import type { ScalarSource, TableSource } from './unit.ts'

/** A program, and what its scalars and tables are bound to. */
export interface Emitted {
  readonly program: Program
  readonly scalars: readonly ScalarSource[]
  readonly tables: readonly TableSource[]
  /** Numbers at which the function may change its course. */
  readonly constants: readonly (number | bigint)[]
}

/** What a compilation hands over. */
export interface Emittable {
  readonly domain: 'number' | 'bigint'
  readonly scalars: readonly ScalarSource[]
  readonly tables: readonly TableSource[]
  constants(): (number | bigint)[]
}

/** @returns a reason instead, where a bound of programs is exceeded */
export function emit(unit: Emittable, parameters: number, result: Node): Emitted | string {
  const { domain, scalars, tables } = unit
  const nodes = nodesOf([result])
  const ofKind = (kind: Node['kind']): Node[] => nodes.filter((node) => node.kind === kind)
  const constants = ofKind('constant')
  const usedScalars = ofKind('scalar')
  const usedTables = [...new Set(ofKind('gather').map(({ value }) => Number(value)))]
  const operations = nodes.filter(
    ({ kind }) => kind !== 'constant' && kind !== 'scalar' && kind !== 'parameter' && kind !== 'index',
  )
  for (const [what, count, limit] of [
    ['parameters', parameters, limits.parameters],
    ['bound numbers', usedScalars.length, limits.scalars],
    ['bound arrays', usedTables.length, limits.tables],
    ['constants', constants.length, limits.constants],
    ['operations', operations.length, limits.instructions],
  ] as const) {
    if (count > limit) return reasons.limit(what, limit)
  }

  const index = ofKind('index')
  const references = new Map<Node, number>()
  for (const node of ofKind('parameter')) references.set(node, Number(node.value))
  for (const [k, node] of [...usedScalars, ...constants, ...index, ...operations].entries()) {
    references.set(node, parameters + k)
  }
  const refer = (node: Node | null): number => (node === null ? 0 : (references.get(node) ?? 0))
  const instructions = operations.map(({ kind, a, b, c, value }): Instruction => ({
    op: kind as OpName,
    a: kind === 'gather' ? usedTables.indexOf(Number(value)) : refer(a),
    b: refer(b),
    c: refer(c),
  }))
  const program: Program = {
    kind: domain,
    readsIndex: index.length > 0,
    parameters,
    scalars: usedScalars.length,
    tables: usedTables.length,
    constants:
      domain === 'number'
        ? Float64Array.from(constants, ({ value }) => Number(value))
        : BigInt64Array.from(constants, ({ value }) => BigInt.asIntN(64, BigInt(value))),
    instructions,
    result: refer(result),
  }
  if (mostAlive(program) > limits.alive) return reasons.limit('values at once', limits.alive)
  return {
    program,
    scalars: usedScalars.map(({ value }) => scalars[Number(value)] as ScalarSource),
    tables: usedTables.map((place) => tables[place] as TableSource),
    constants: unit.constants(),
  }
}

/** The greatest number of results that are still to be read, at any instruction. */
function mostAlive(program: Program): number {
  const first = firstResult(program)
  const lastUse = new Map<number, number>()
  for (const [k, instruction] of program.instructions.entries()) {
    for (const reference of referencesOf(instruction)) lastUse.set(reference, k)
  }
  lastUse.set(program.result, program.instructions.length)
  const ends = new Uint32Array(program.instructions.length + 1)
  for (const [reference, end] of lastUse) if (reference >= first) ends[end] = (ends[end] ?? 0) + 1
  let alive = 0
  let most = 0
  for (const k of program.instructions.keys()) {
    alive += 1
    most = Math.max(most, alive)
    alive -= ends[k] ?? 0
  }
  return most
}
