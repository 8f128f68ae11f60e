/** A kernel that was compiled from a function: which program a call runs, and whether its values can be trusted. */
import { misfit } from '../errors/index.ts'
import { isAsViewed, lengthOf, overlap, viewAs, viewOf, type ArrayView } from '../memory/index.ts'
import { valueAt } from './binding-shapes.ts'
import type { CompiledProgram, CompiledSource } from './compiled-source.ts'
import type { BoundValue, CheckedOperand, CompiledOperation, Pass, PreparedProgram } from './operation.ts'
import { passOfFunction, type PlainFunction } from './plain-function.ts'
import { difference } from './self-check.ts'

export interface CompiledOptions {
  readonly name: string
  readonly source: CompiledSource
  readonly bindings: ReadonlyMap<string, BoundValue>
  readonly hasIndex: boolean
  readonly math: 'exact' | 'ulp1' | undefined
  /** The text that toString() shows. */
  readonly text: string
  /** The text of a function, or the name of one that is built in. */
  readonly functionText: string
  readonly isBuiltin: boolean
  /** The function itself; made from the text, at first use, where there is none, or for these values of the bound names. */
  readonly makeFunction: (bindings: ReadonlyMap<string, BoundValue>) => PlainFunction
}

/** What a program is bound to. */
interface Bound {
  /** The bound ones: those that it reads, and those of which it uses the length. */
  readonly arrays: readonly { readonly view: ArrayView; readonly name: string }[]
  /** Those that it reads, bound or written in its text, in its own order. */
  readonly tables: readonly ArrayView[]
  readonly scalars: readonly number[]
  /** The same at each call, once the values were checked. */
  prepared: PreparedProgram | undefined
}

// Captured before anybody could replace it: it is given operations that nobody has seen.
const { freeze } = Object

/** The operation of one kernel: frozen, as its class is, so that who sees it cannot put another prepare() in the place of its own. */
export class CompiledFunction implements CompiledOperation {
  readonly kind = 'compiled'
  readonly name: string
  readonly arity: number
  /** Whether a text computes with bigints shows when a call brings some; no function that is built into JavaScript does. */
  readonly takesBigints: boolean
  readonly text: string
  readonly functionText: string
  readonly isBuiltin: boolean
  readonly bindings: ReadonlyMap<string, BoundValue>
  readonly hasIndex: boolean
  readonly math: 'exact' | 'ulp1' | undefined
  readonly #options: CompiledOptions
  #function: PlainFunction | undefined
  readonly #bound = new WeakMap<CompiledProgram, Bound>()
  /** By kind of elements: null after a check that found no difference, or what it found. */
  readonly #differences = new Map<boolean, string | null>()

  constructor(options: CompiledOptions) {
    this.#options = options
    this.name = options.name
    this.arity = options.source.arity
    this.takesBigints = !options.isBuiltin
    this.text = options.text
    this.functionText = options.functionText
    this.isBuiltin = options.isBuiltin
    this.bindings = options.bindings
    this.hasIndex = options.hasIndex
    this.math = options.math
    freeze(this)
  }

  get function(): PlainFunction {
    this.#function ??= this.#options.makeFunction(this.#options.bindings)
    return this.#function
  }

  functionOver(copy: (view: ArrayView) => ArrayView): PlainFunction {
    const { bindings, makeFunction } = this.#options
    const copies = new Map(bindings)
    for (const [name, value] of bindings) {
      // One that is gone by now is not used, which prepare() has seen.
      if (typeof value === 'object' && lengthOf(value) > 0) copies.set(name, copy(viewOf(name, value)).array)
    }
    return bindings.size === 0 ? this.function : makeFunction(copies)
  }

  /** Only as many numbers as there are operands; what follows them is the index, where the function takes one. */
  readonly onNumbers = (...numbers: number[]): number => {
    const { hasIndex } = this.#options
    // Taken out first: called as a member, it would have this very operation as its `this`.
    const { function: fn } = this
    const given: unknown[] = numbers.slice(0, this.arity)
    if (hasIndex) given.push(typeof numbers[this.arity] === 'number' ? numbers[this.arity] : 0)
    return fn(...(given as never[])) as number
  }

  get operations(): number {
    return this.program.program.instructions.length
  }

  get program(): CompiledProgram {
    try {
      return this.programOf(false)
    } catch {
      return this.programOf(true)
    }
  }

  programOf(isBigint: boolean): CompiledProgram {
    return this.#options.source.program(isBigint)
  }

  get difference(): string | null | undefined {
    return this.#differences.get(false) ?? this.#differences.get(true)
  }

  prepare(operands: readonly CheckedOperand[], isBigint: boolean, out: ArrayView | undefined): PreparedProgram {
    const program = this.programOf(isBigint)
    const bound = this.#boundOf(program)
    // The memory of a bound array may be gone since the last call, which a second look says.
    for (const { view, name } of bound.arrays) if (!isAsViewed(view)) viewAs(view.dtype, name, view.array)
    const { tables, scalars } = bound
    if (out !== undefined) {
      for (const table of tables) if (overlap(table, out)) throw misfit.overlap(`${this.name}()`)
    }
    if (bound.prepared !== undefined) return bound.prepared
    let found = this.#differences.get(isBigint)
    if (found === undefined) {
      const { hasIndex } = this.#options
      const { reference, constants } = program
      const checked = { fn: this.function, program: reference, constants, scalars, tables, hasIndex }
      found = difference(checked, operands, isBigint)
      this.#differences.set(isBigint, found)
    }
    bound.prepared = { program: found === null ? program : null, scalars, tables }
    return bound.prepared
  }

  /** The values of the names that a program uses, looked at once: numbers do not change, and arrays keep their length. */
  #boundOf(program: CompiledProgram): Bound {
    let bound = this.#bound.get(program)
    if (bound === undefined) {
      const arrays = new Map(
        arraysOf(program).map((binding) => {
          const name = `The array bound to "${binding}" of ${this.name}()`
          return [binding, { view: viewOf(name, valueAt(this.bindings, binding)), name }]
        }),
      )
      const scalars = program.scalars.map(({ of, binding }) => {
        const value = valueAt(this.bindings, binding)
        return of === 'value' ? Number(value) : viewOf(binding, value).length
      })
      const tables = program.tables.map((table) =>
        table.of === 'constants'
          ? viewOf('A list of constants', table.values)
          : (arrays.get(table.binding) as { view: ArrayView }).view,
      )
      bound = { arrays: [...arrays.values()], tables, scalars, prepared: undefined }
      this.#bound.set(program, bound)
    }
    return bound
  }

  pass(
    { program, scalars, tables }: PreparedProgram,
    operands: readonly CheckedOperand[],
    output: ArrayView,
    fn: PlainFunction = this.function,
  ): Pass {
    return program === null
      ? passOfFunction(fn, operands, output, this.#options.hasIndex)
      : program.reference.pass({ operands, scalars, tables }, output)
  }
}

freeze(CompiledFunction.prototype)

/** The names of the bound arrays that a program reads, or of which it uses the length. */
function arraysOf({ tables, scalars }: CompiledProgram): string[] {
  return [
    ...tables.flatMap((table) => (table.of === 'binding' ? [table.binding] : [])),
    ...scalars.flatMap(({ of, binding }) => (of === 'length' ? [binding] : [])),
  ]
}
