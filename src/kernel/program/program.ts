/** A kernel program as an object, and its bytes: docs/kernel-programs.md says what each field means. */
import { codeOf, operandsOf, type OpName } from './opcodes.ts'

/** One operation; operands are references. */
export interface Instruction {
  readonly op: OpName
  readonly a: number
  readonly b: number
  readonly c: number
}

/** A list of pure operations on lanes. */
export interface Program {
  readonly kind: 'number' | 'bigint'
  readonly readsIndex: boolean
  readonly parameters: number
  readonly scalars: number
  readonly tables: number
  readonly constants: Float64Array | BigInt64Array
  readonly instructions: readonly Instruction[]
  /** A reference: what is stored. */
  readonly result: number
}

/** What bounds a program; the verifier of the native side knows the same ones. */
export const limits = {
  parameters: 64,
  scalars: 256,
  tables: 64,
  constants: 4096,
  instructions: 16_384,
  /** Values alive at once. */
  alive: 1024,
} as const

/** The first reference that is a result: those before it are parameters, scalars, constants and the index. */
export function firstResult(program: Pick<Program, 'parameters' | 'scalars' | 'constants' | 'readsIndex'>): number {
  return program.parameters + program.scalars + program.constants.length + (program.readsIndex ? 1 : 0)
}

/** The references among an instruction's operands. */
export function referencesOf({ op, a, b, c }: Instruction): number[] {
  if (op === 'gather') return [b]
  return [a, b, c].slice(0, operandsOf(op))
}

const MAGIC = 0x314b5043 // CPK1, little-endian
const HEADER = 24

/** The bytes of a program that is within the limits. */
export function encodeProgram(program: Program): Uint8Array {
  const { constants, instructions } = program
  const bytes = new Uint8Array(HEADER + 8 * constants.length + 8 * instructions.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint8(4, program.kind === 'number' ? 0 : 1)
  view.setUint8(5, program.readsIndex ? 1 : 0)
  const counts = [program.parameters, program.scalars, program.tables, constants.length, instructions.length]
  for (const [i, value] of [...counts, program.result].entries()) view.setUint16(6 + 2 * i, value, true)
  let at = HEADER
  for (const constant of constants) {
    if (typeof constant === 'number') view.setFloat64(at, constant, true)
    else view.setBigInt64(at, constant, true)
    at += 8
  }
  for (const { op, a, b, c } of instructions) {
    for (const [i, value] of [codeOf(op), a, b, c].entries()) view.setUint16(at + 2 * i, value, true)
    at += 8
  }
  return bytes
}
