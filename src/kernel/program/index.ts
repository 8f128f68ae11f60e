/** Kernel programs: what they are made of, their bytes, and the engine that defines their values. */
export { bigintLoops, numberLoops } from './loops.generated.ts'
export { codeOf, operandsOf, type BigintOpName, type OpName } from './opcodes.ts'
export {
  decodeProgram,
  encodeProgram,
  firstResult,
  limits,
  referencesOf,
  type Instruction,
  type Program,
} from './program.ts'
export { ReferenceProgram, type ProgramInputs } from './reference-engine.ts'
