/**
 * Runs programs in JavaScript, block by block, one generated loop an operation: the engine of machines without the addon, and
 * the yardstick of the self-check. Its values are those of JavaScript's own operators and Math.
 */
import type { ArrayView, NumericArray } from '../../memory/index.ts'
import { load, store } from '../loops.generated.ts'
import { bigintLoops, gatherLoops, numberLoops } from './loops.generated.ts'
import type { BigintOpName } from './opcodes.ts'
import { firstResult, referencesOf, type Program } from './program.ts'

/** Lanes of a block: 4 KiB. */
const BLOCK = 512

type Block = Float64Array | BigInt64Array
type Loop = (out: Block, a: Block, b: Block, c: Block, count: number) => void
type LoadLoop = (x: NumericArray, start: number, block: Block, count: number) => void
type StoreLoop = (block: Block, y: NumericArray, start: number, count: number) => void
type GatherLoop = (out: Block, bound: NumericArray, index: Block, count: number) => void

/** What a program computes with, beside the arrays' elements. */
export interface ProgramInputs {
  /** One for each parameter. */
  readonly operands: readonly (ArrayView | number | bigint)[]
  readonly scalars: readonly number[]
  readonly tables: readonly ArrayView[]
}

/** One operation with its registers chosen. */
interface Step {
  readonly loop: Loop | null
  /** The table of a gather, which has no loop of its own before its dtype is known. */
  readonly table: number
  readonly out: Block
  readonly a: Block
  readonly b: Block
  readonly c: Block
}

/** A program with its registers; passes over arrays may alternate, since no register is read before it is written. */
export class ReferenceProgram {
  readonly #program: Program
  /** The registers of parameters, scalars, constants and the index, by their references. */
  readonly #given: readonly Block[]
  readonly #steps: readonly Step[]
  readonly #result: Block

  constructor(program: Program) {
    this.#program = program
    const first = firstResult(program)
    const given = Array.from({ length: first }, () => newBlock(program))
    for (const [k, constant] of program.constants.entries()) {
      given[program.parameters + program.scalars + k]?.fill(constant as never)
    }
    const { steps, registers } = allocateRegisters(program, given)
    this.#given = given
    this.#steps = steps
    this.#result = registers[program.result] ?? newBlock(program)
  }

  /** A pass over elements start to end: `output` is one of the operands, or shares no memory with any of the inputs. */
  pass({ operands, scalars, tables }: ProgramInputs, output: ArrayView): (start: number, end: number) => void {
    const { parameters, readsIndex } = this.#program
    const given = this.#given
    const loads: ((at: number, count: number) => void)[] = []
    const fills: (() => void)[] = []
    for (const [k, operand] of operands.entries()) {
      const block = given[k] as Block
      if (typeof operand === 'object') loads.push(loadInto(block, operand))
      else fills.push(() => block.fill(operand as never))
    }
    for (const [k, scalar] of scalars.entries()) {
      fills.push(() => given[parameters + k]?.fill(scalar as never))
    }
    const index = readsIndex ? (given.at(-1) as Float64Array) : null
    const gathers = tables.map((table) => gatherLoops[table.dtype.name as keyof typeof gatherLoops] as GatherLoop)
    const storeResult = storeFrom(this.#result, output)
    return (start, end) => {
      for (const fill of fills) fill()
      for (let at = start; at < end; at += BLOCK) {
        const count = Math.min(BLOCK, end - at)
        for (const loadBlock of loads) loadBlock(at, count)
        if (index !== null) for (let i = 0; i < count; i++) index[i] = at + i
        for (const { loop, table, out, a, b, c } of this.#steps) {
          if (loop !== null) loop(out, a, b, c, count)
          else gathers[table]?.(out, tables[table]?.array as NumericArray, b, count)
        }
        storeResult(at, count)
      }
    }
  }
}

function newBlock(program: Program): Block {
  return program.kind === 'number' ? new Float64Array(BLOCK) : new BigInt64Array(BLOCK)
}

/** A register for each result, used again when its last reader has run. */
function allocateRegisters(program: Program, given: readonly Block[]): { steps: Step[]; registers: readonly Block[] } {
  const { instructions, result } = program
  const lastUse = new Map<number, number>()
  for (const [k, instruction] of instructions.entries()) {
    for (const reference of referencesOf(instruction)) lastUse.set(reference, k)
  }
  lastUse.set(result, instructions.length)
  const registers: Block[] = [...given]
  const free: Block[] = []
  const loops = (program.kind === 'number' ? numberLoops : bigintLoops) as unknown as Record<BigintOpName, Loop>
  const steps = instructions.map((instruction, k): Step => {
    const references = referencesOf(instruction)
    const [a, b, c] = [instruction.a, instruction.b, instruction.c].map((reference) => registers[reference])
    // A loop reads its operands' element i before it writes its own, so that a result may take an operand's place.
    for (const reference of new Set(references)) {
      if (reference >= given.length && lastUse.get(reference) === k) free.push(registers[reference] as Block)
    }
    const out = free.pop() ?? newBlock(program)
    registers.push(out)
    const isGather = instruction.op === 'gather'
    return {
      loop: isGather ? null : loops[instruction.op as BigintOpName],
      table: isGather ? instruction.a : 0,
      out,
      a: a ?? out,
      b: b ?? out,
      c: c ?? out,
    }
  })
  return { steps, registers }
}

function loadInto(
  block: Block,
  { array, dtype, buffer, byteOffset, length }: ArrayView,
): (at: number, count: number) => void {
  if (block instanceof BigInt64Array) {
    const bits = new BigInt64Array(buffer, byteOffset, length)
    return (at, count) => block.set(bits.subarray(at, at + count))
  }
  const loop = load[dtype.name as keyof typeof load] as LoadLoop
  return (at, count) => loop(array, at, block, count)
}

function storeFrom(
  block: Block,
  { array, dtype, buffer, byteOffset, length }: ArrayView,
): (at: number, count: number) => void {
  if (block instanceof BigInt64Array) {
    const bits = new BigInt64Array(buffer, byteOffset, length)
    return (at, count) => bits.set(block.subarray(0, count), at)
  }
  const loop = store[dtype.name as keyof typeof store] as StoreLoop
  return (at, count) => loop(block, array, at, count)
}
