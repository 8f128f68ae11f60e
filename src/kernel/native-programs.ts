/** Compiled programs in the addon: loaded at first use, forgotten when nobody has them any more. */
import { fromNative, runReasons } from '../errors/index.ts'
import type { ArrayView } from '../memory/index.ts'
import { handed, type Binding, type HandedArray } from '../native/index.ts'
import type { CompiledProgram } from './compiled-source.ts'
import { Accuracy, mathMode } from './math/accuracy.ts'
import type { CheckedOperand, CompiledOperation, PreparedProgram } from './operation.ts'
import { codeOf, encodeProgram, operandsOf, type OpName, type Program } from './program/index.ts'

/** What the addon takes of bound values. */
export interface HandedValues {
  readonly scalars: Float64Array | undefined
  readonly tables: readonly HandedArray[]
}

const none: HandedValues = { scalars: undefined, tables: [] }

/** What the addon says of a program. */
interface Known {
  /** The first operation that it does not have. */
  readonly missing: OpName | undefined
  readonly accuracy: 'exact' | 'ulp1'
  /** The number by which it knows the program, once it is loaded. */
  handle: number | undefined
}

export class NativePrograms {
  readonly #binding: Binding
  readonly #known = new WeakMap<CompiledProgram, Known>()
  readonly #dropped: FinalizationRegistry<number>
  readonly #accuracy: Accuracy
  #available: ReadonlySet<number> | undefined

  constructor(binding: Binding) {
    this.#binding = binding
    this.#dropped = new FinalizationRegistry((handle) => binding.dropProgram(handle))
    this.#accuracy = new Accuracy((op, out, a, b) => {
      const handle = binding.loadProgram(encodeProgram(programOf(op)), mathMode)
      try {
        if (operandsOf(op) === 1) binding.runProgram(handle, out, undefined, undefined, a)
        else binding.runProgram(handle, out, undefined, undefined, a, b)
      } finally {
        binding.dropProgram(handle)
      }
    })
  }

  /** Why the addon does not run the program as the kernel asks; undefined where it does. */
  reason({ math }: CompiledOperation, program: CompiledProgram): string | undefined {
    const { missing, accuracy } = this.#of(program)
    if (missing !== undefined) return runReasons.missingOperation(missing)
    return math === 'exact' && accuracy !== 'exact' ? runReasons.notExact : undefined
  }

  accuracy(program: CompiledProgram): 'exact' | 'ulp1' {
    return this.#of(program).accuracy
  }

  /** The number by which the addon knows the program. */
  handle(program: CompiledProgram): number {
    const known = this.#of(program)
    if (known.handle === undefined) {
      known.handle = this.#binding.loadProgram(program.bytes, mathMode)
      this.#dropped.register(program, known.handle)
    }
    return known.handle
  }

  #of(program: CompiledProgram): Known {
    let known = this.#known.get(program)
    if (known === undefined) {
      const ops = program.program.instructions.map(({ op }) => op)
      const missing = ops.find((op) => !this.#has(op))
      known = { missing, accuracy: missing === undefined ? this.#accuracy.of(ops) : 'exact', handle: undefined }
      this.#known.set(program, known)
    }
    return known
  }

  #has(op: OpName): boolean {
    this.#available ??= new Set(
      this.#binding
        .opcodes()
        .filter(({ available }) => available)
        .map(({ code }) => code),
    )
    return this.#available.has(codeOf(op))
  }

  /** Runs to the end. @throws what the addon refuses */
  run(
    program: CompiledProgram,
    prepared: PreparedProgram,
    operands: readonly CheckedOperand[],
    output: ArrayView,
  ): void {
    const { scalars, tables } = handedValues(prepared)
    const [x, y] = operands as [CheckedOperand, CheckedOperand]
    try {
      const handle = this.handle(program)
      // The usual numbers of operands without a list of them.
      if (operands.length === 1) this.#binding.runProgram(handle, handed(output), scalars, tables, handed(x))
      else if (operands.length === 2) {
        this.#binding.runProgram(handle, handed(output), scalars, tables, handed(x), handed(y))
      } else this.#binding.runProgram(handle, handed(output), scalars, tables, ...operands.map(handed))
    } catch (error) {
      throw fromNative(error)
    }
  }
}

/** Bound values as the addon takes them. */
export function handedValues({ scalars, tables }: PreparedProgram): HandedValues {
  if (scalars.length === 0 && tables.length === 0) return none
  return {
    scalars: scalars.length === 0 ? undefined : Float64Array.from(scalars),
    tables: tables.map((table) => handed(table)),
  }
}

/** One operation of its parameters. */
function programOf(op: OpName): Program {
  const parameters = operandsOf(op)
  return {
    kind: 'number',
    readsIndex: false,
    parameters,
    scalars: 0,
    tables: 0,
    constants: new Float64Array(),
    instructions: [{ op, a: 0, b: parameters > 1 ? 1 : 0, c: parameters > 2 ? 2 : 0 }],
    result: parameters,
  }
}
