/**
 * What a kernel computes, as both engines take it: built-in operations, by which plain JavaScript has loops (built-in-loops) and the
 * addon a number, and compiled ones.
 */
import { runReasons } from '../errors/index.ts'
import type { ArrayView, NumericArray } from '../memory/index.ts'
import type { CompiledProgram } from './compiled-source.ts'
import type { OpName } from './program/index.ts'

/** An operand that was checked: an array, or one value that stands for every element. At least one of a call is an array. */
export type CheckedOperand = ArrayView | number | bigint

/** A pass over elements start to end. */
export type Pass = (start: number, end: number) => void

/** The value of a bound name. */
export type BoundValue = number | boolean | NumericArray | ((...values: never[]) => unknown)

/** What every operation is. */
interface AnyOperation {
  /** Names the kernel. */
  readonly name: string
  /** Number of operands. */
  readonly arity: number
  /** The plain function: what it gives for single numbers; what followed them in the call comes after them. */
  readonly onNumbers: (...numbers: number[]) => number
  readonly takesBigints: boolean
  /** Operations an element. */
  readonly operations: number
}

/** A built-in operation. What it has not is an own `undefined`, here and wherever else something may be absent: it cannot be inherited then. */
export interface BuiltInOperation extends AnyOperation {
  readonly kind: 'built-in'
  /** The number by which the addon knows what to run. */
  readonly code: number
  /** The operation of programs that has its values and their accuracy; undefined: exact on every engine. */
  readonly op: OpName | undefined
}

/** What one call of a compiled operation runs. */
export interface PreparedProgram {
  /** Null: its values are not those of the function, which is called element by element instead. */
  readonly program: CompiledProgram | null
  readonly scalars: readonly number[]
  /** The bound arrays. */
  readonly tables: readonly ArrayView[]
}

/** An operation that was compiled from a function. */
export interface CompiledOperation extends AnyOperation {
  readonly kind: 'compiled'
  readonly math: 'exact' | 'ulp1' | undefined
  /** The text that was compiled. */
  readonly text: string
  /** The text of the function, or the name of the built-in one, for kernels that call it. */
  readonly functionText: string
  readonly isBuiltin: boolean
  /** The values that it was compiled with. */
  readonly bindings: ReadonlyMap<string, BoundValue>
  /** Whether its function takes the index after the operands. */
  readonly hasIndex: boolean
  /** The function itself. */
  readonly function: (...values: never[]) => unknown
  /** The program over numbers; over bigints, where it has no other. */
  readonly program: CompiledProgram
  /** The program over bigints, or over numbers. @throws KernelError where the text does not compute with such elements */
  programOf(isBigint: boolean): CompiledProgram
  /** In what the program differs from the function; undefined before the first call, null where it does not. */
  readonly difference: string | null | undefined
  /**
   * Looks at the bound values and, at the first call, whether the program gives the function's values.
   * @throws KernelError where the text does not compute with such elements; ArrayError `ERR_DETACHED`, `ERR_RESIZABLE`,
   *   `ERR_OVERLAP` for a bound array
   */
  prepare(operands: readonly CheckedOperand[], isBigint: boolean, out: ArrayView | undefined): PreparedProgram
  /** A pass in JavaScript over what was prepared; where that has no program, by `fn`, which is the function itself if absent. */
  pass(
    prepared: PreparedProgram,
    operands: readonly CheckedOperand[],
    output: ArrayView,
    fn?: (...values: never[]) => unknown,
  ): Pass
  /** The function, with what `copy` makes of each bound array in its place. */
  functionOver(copy: (view: ArrayView) => ArrayView): (...values: never[]) => unknown
}

export type Operation = BuiltInOperation | CompiledOperation

/** Whether the operation was compiled from a function: by what it says itself, since any method may be on Object.prototype, too. */
export function isCompiled(operation: Operation): operation is CompiledOperation {
  return operation.kind === 'compiled'
}

/** What the self-check has to say of an operation; undefined where it found nothing. */
export function differenceReason(operation: Operation): string | undefined {
  const difference = isCompiled(operation) ? operation.difference : null
  return typeof difference === 'string' ? runReasons.difference(difference) : undefined
}

function builtIn(
  name: string,
  code: number,
  onNumbers: (...numbers: number[]) => number,
  takesBigints = true,
  operations = 1,
): BuiltInOperation {
  return Object.freeze<BuiltInOperation>({
    kind: 'built-in',
    name,
    arity: onNumbers.length,
    onNumbers,
    takesBigints,
    operations,
    code,
    op: undefined,
  })
}

// The codes are those of the Rust side's `Operation`.

/** `v * v` */
export const squareOperation = builtIn('square', 0, (v: number) => v * v)

/** `v * v * v`, from left to right: `v ** 3` rounds differently for a quarter of all numbers. */
export const cubeOperation = builtIn('cube', 1, (v: number) => v * v * v, true, 2)

/** `a + b` */
export const addOperation = builtIn('add', 2, (a: number, b: number) => a + b)

/** `a - b` */
export const subOperation = builtIn('sub', 3, (a: number, b: number) => a - b)

/** `a * b` */
export const mulOperation = builtIn('mul', 4, (a: number, b: number) => a * b)

/** `a / b`; not of bigints, whose quotient by 0n is an error of JavaScript. */
export const divOperation = builtIn('div', 5, (a: number, b: number) => a / b, false)
