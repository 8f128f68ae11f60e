/** Kernel programs: what they are made of, their bytes, and the engine that defines their values. */
export { numberLoops } from './loops.generated.ts'
export { codeOf, opNames, operandsOf, type OpName } from './opcodes.ts'
export { encodeProgram, firstResult, limits, referencesOf, type Instruction, type Program } from './program.ts'
export { ReferenceProgram } from './reference-engine.ts'
