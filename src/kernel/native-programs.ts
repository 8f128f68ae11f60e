/** Compiled programs in the addon: loaded at first use, forgotten when nobody has them any more. */
import { fromNative, runReasons } from '../errors/index.ts'
import type { ArrayView } from '../memory/index.ts'
import { allBound, allHanded, handed, placeOf, type Binding, type Handed } from '../native/index.ts'
import type { CompiledProgram } from './compiled-source.ts'
import { Accuracy, mathMode } from './math/accuracy.ts'
import type { BuiltInOperation, CheckedOperand, CompiledOperation, PreparedProgram } from './operation.ts'
import { runOperation } from './plain-engine.ts'
import { codeOf, encodeProgram, operandsOf, type OpName, type Program } from './program/index.ts'

/** What the addon says of a program. */
interface Known {
  /** The first operation that it does not have. */
  readonly missing: OpName | undefined
  readonly ops: readonly OpName[]
  /** Whether its values are those of JavaScript; not known before somebody asks. */
  isExact: boolean | undefined
  /** The numbers by which it knows the program, by the mode in which it is loaded. */
  readonly handles: Map<number, number>
}

/** What a program is bound to as the addon takes it: made once, since it is the same at each call. */
interface HandedBindings {
  readonly scalars: Float64Array | undefined
  readonly tables: Handed[] | undefined
}

const none: HandedBindings = { scalars: undefined, tables: undefined }

/** The place of a float64 array at the beginning of its buffer. */
const FLOAT64 = 0

export class NativePrograms {
  readonly #binding: Binding
  readonly #known = new WeakMap<CompiledProgram, Known>()
  readonly #handed = new WeakMap<PreparedProgram, HandedBindings>()
  readonly #dropped: FinalizationRegistry<number>
  readonly #accuracy: Accuracy
  #available: ReadonlySet<number> | undefined

  constructor(binding: Binding) {
    this.#binding = binding
    this.#dropped = new FinalizationRegistry((handle) => binding.dropProgram(handle))
    this.#accuracy = new Accuracy((op, out, a, b) => {
      const handle = binding.loadProgram(encodeProgram(programOf(op)), mathMode())
      try {
        const operands = [a, b].slice(0, operandsOf(op)).flatMap(({ buffer }) => [buffer, FLOAT64])
        binding.runProgram(handle, out.length, undefined, undefined, out.buffer, FLOAT64, ...operands)
      } finally {
        binding.dropProgram(handle)
      }
    }, runOperation)
  }

  /** Why the addon does not run the program as the kernel asks; undefined where it does. */
  reason({ math }: CompiledOperation, program: CompiledProgram): string | undefined {
    const known = this.#of(program)
    if (known.missing !== undefined) return runReasons.missingOperation(known.missing)
    if (math !== 'exact') return undefined
    known.isExact ??= this.#accuracy.of(known.ops) === 'exact'
    return known.isExact ? undefined : runReasons.notExact
  }

  /** Of a built-in operation. */
  accuracyOf({ op }: BuiltInOperation): 'exact' | 'ulp1' {
    return op === undefined ? 'exact' : this.#accuracy.of([op])
  }

  /** Of a program that the addon has. */
  accuracy({ math }: CompiledOperation, program: CompiledProgram): 'exact' | 'ulp1' {
    return this.#accuracy.of(this.#of(program).ops, math)
  }

  /** Elements that its functions computed one by one; none before its first call. */
  scalarLanes({ math }: CompiledOperation, program: CompiledProgram): number {
    const handle = this.#known.get(program)?.handles.get(mathMode(math))
    return handle === undefined ? 0 : this.#binding.programScalarLanes(handle)
  }

  /** The number by which the addon knows the program, with the values that the kernel asks for. */
  handle({ math }: CompiledOperation, program: CompiledProgram): number {
    const { handles } = this.#of(program)
    const mode = mathMode(math)
    let handle = handles.get(mode)
    if (handle === undefined) {
      handle = this.#binding.loadProgram(program.bytes, mode)
      handles.set(mode, handle)
      this.#dropped.register(program, handle)
    }
    return handle
  }

  #of(program: CompiledProgram): Known {
    let known = this.#known.get(program)
    if (known === undefined) {
      const ops = program.program.instructions.map(({ op }) => op)
      const missing = ops.find((op) => !this.#has(op))
      known = { missing, ops, isExact: undefined, handles: new Map() }
      this.#known.set(program, known)
    }
    return known
  }

  /** What the program is bound to. */
  handedOf(prepared: PreparedProgram): HandedBindings {
    if (prepared.scalars.length === 0 && prepared.tables.length === 0) return none
    let found = this.#handed.get(prepared)
    if (found === undefined) {
      const { scalars, tables } = prepared
      found = {
        scalars: scalars.length === 0 ? undefined : Float64Array.from(scalars),
        tables: tables.length === 0 ? undefined : allBound(tables),
      }
      this.#handed.set(prepared, found)
    }
    return found
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
    operation: CompiledOperation,
    program: CompiledProgram,
    prepared: PreparedProgram,
    operands: readonly CheckedOperand[],
    output: ArrayView,
  ): void {
    const { length } = output
    const { scalars, tables } = this.handedOf(prepared)
    const [x, y] = operands as [CheckedOperand, CheckedOperand]
    const [value, place] = [handed(output), placeOf(output)]
    const { runProgram } = this.#binding
    try {
      const handle = this.handle(operation, program)
      // The usual numbers of operands without a list of them.
      if (operands.length === 1) runProgram(handle, length, scalars, tables, value, place, handed(x), placeOf(x))
      else if (operands.length === 2) {
        runProgram(handle, length, scalars, tables, value, place, handed(x), placeOf(x), handed(y), placeOf(y))
      } else runProgram(handle, length, scalars, tables, value, place, ...allHanded(operands))
    } catch (error) {
      throw fromNative(error)
    }
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
