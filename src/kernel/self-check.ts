/**
 * Whether a program gives what its function gives, tried on samples before its first use, bit for bit: the one way to learn that
 * `Math` was patched, or that a name which looks global stands for something else where the function was written.
 */
import { describe } from '../errors/index.ts'
import { dtypeByName, viewOf, type ArrayView, type DTypeInfo } from '../memory/index.ts'
import type { CheckedOperand } from './operation.ts'
import type { PlainFunction } from './plain-function.ts'
import type { ReferenceProgram } from './program/index.ts'
import { samplesFor } from './samples.ts'

/** What a check needs to know. */
export interface Checked {
  readonly fn: PlainFunction
  readonly program: ReferenceProgram
  /** Where the text may change its course. */
  readonly constants: readonly (number | bigint)[]
  readonly scalars: readonly number[]
  readonly tables: readonly ArrayView[]
  readonly hasIndex: boolean
}

/** @returns null, or the difference, completing "the function runs in JavaScript: …" */
export function difference(checked: Checked, operands: readonly CheckedOperand[], isBigint: boolean): string | null {
  const { fn, program, constants, scalars, tables, hasIndex } = checked
  const columns = samplesFor(operands, [...constants, ...scalars], isBigint)
  const count = columns[0]?.length ?? 0
  const dtype = dtypeByName(isBigint ? 'int64' : 'float64') as DTypeInfo
  const expected = dtype.create(count)
  try {
    const row: unknown[] = columns.map(() => 0)
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < columns.length; k++) row[k] = columns[k]?.[i]
      if (hasIndex) row[columns.length] = i
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
