/**
 * Whether a program gives what its function gives, tried on samples before its first use, bit for bit: the one way to learn that
 * `Math` was patched, or that a name which looks global stands for something else where the function was written.
 */
import { describe } from '../errors/index.ts'
import { dtypeByName, viewOf, type ArrayView, type DTypeInfo, type NumericArray } from '../memory/index.ts'
import type { CheckedOperand } from './operation.ts'
import type { PlainFunction } from './plain-function.ts'
import type { ReferenceProgram } from './program/index.ts'

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  3,
  -2.5,
  10,
  0.1,
  1.5,
  7,
  -7.25,
  100.75,
  255,
  65536,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 + 0.5,
  2 ** 53,
  1e-9,
  1e300,
  -1e300,
  5e-324,
  Number.MAX_VALUE,
  Infinity,
  -Infinity,
  NaN,
  0.49999999999999994,
  42,
  -3,
]
const bigints = [0n, 1n, -1n, 2n, -7n, 10n, 255n, 2n ** 31n, -(2n ** 31n), 2n ** 63n - 1n, -(2n ** 63n), 3037000500n]

/** Samples of special values, and those of the call's own elements. */
const SPECIAL = 48
const OWN = 16

/** Odd strides, so that the special values of several parameters meet in many combinations. */
const STRIDES = [1, 7, 11, 17, 5]

/** What a check needs to know. */
export interface Checked {
  readonly fn: PlainFunction
  readonly program: ReferenceProgram
  readonly scalars: readonly number[]
  readonly tables: readonly ArrayView[]
  readonly hasIndex: boolean
}

/** @returns null, or the difference, completing "the function runs in JavaScript: …" */
export function difference(checked: Checked, operands: readonly CheckedOperand[], isBigint: boolean): string | null {
  const { fn, program, scalars, tables, hasIndex } = checked
  const count = SPECIAL + OWN
  const dtype = dtypeByName(isBigint ? 'int64' : 'float64') as DTypeInfo
  const columns: NumericArray[] = []
  // Not by map(), which the program may have replaced: an operand may have been moved to where nobody sees it.
  for (let k = 0; k < operands.length; k++) {
    const column = dtype.create(count)
    fillSamples(column, operands[k] as CheckedOperand, k, isBigint)
    columns.push(column)
  }
  const expected = dtype.create(count)
  try {
    for (let i = 0; i < count; i++) {
      const row = columns.map((column) => column[i])
      if (hasIndex) row.push(i as never)
      expected[i] = fn(...(row as never[])) as never
    }
  } catch (error) {
    return `it throws ${textOf(error)}`
  }
  const result = viewOf('The samples', dtype.create(count))
  const inputs = columns.map((column) => viewOf('The samples', column))
  program.pass({ operands: inputs, scalars, tables }, result)(0, count)
  for (let i = 0; i < count; i++) {
    if (Object.is(expected[i], result.array[i])) continue
    const row = columns.map((column) => String(column[i])).join(', ')
    return (
      `for (${row}) it gives ${String(expected[i])}, and its text, compiled, ${String(result.array[i])}. ` +
      'Either a function of Math was replaced, or a name that it uses is another than the global one'
    )
  }
  return null
}

/** What was thrown, as text; its own toString() is code of the caller's, and may throw. */
function textOf(error: unknown): string {
  try {
    return String(error)
  } catch {
    return describe(error)
  }
}

function fillSamples(
  column: { [i: number]: number | bigint },
  operand: CheckedOperand,
  k: number,
  isBigint: boolean,
): void {
  const special = isBigint ? bigints : numbers
  for (let i = 0; i < SPECIAL; i++) {
    column[i] = special[(i * (STRIDES[k % STRIDES.length] as number) + k) % special.length] as number
  }
  for (let i = 0; i < OWN; i++) {
    const own = typeof operand === 'object' ? elementOf(operand, i) : operand
    column[SPECIAL + i] = own ?? (special[i % special.length] as number)
  }
}

/** The first elements, the last, and some between. */
function elementOf({ array, length }: ArrayView, i: number): number | bigint | undefined {
  return array[Math.round((i * (length - 1)) / (OWN - 1))]
}
