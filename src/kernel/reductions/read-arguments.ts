/** Reading the arguments of reductions. Options are read before the arrays are looked at: reading them may run a caller's code. */
import { readOptions } from '../../arguments/index.ts'
import { invalidType, invalidValue, isArray, misfit } from '../../errors/index.ts'
import { dtypeOf, viewOf, type ArrayView } from '../../memory/index.ts'

/** The one operand of a reduction. @throws as `viewOf` does */
export function readArray(name: string, x: unknown): ArrayView {
  return viewOf(`The operand of ${name}()`, x)
}

/** Where a second array would be taken for one that is compared with the first. */
const elementByElement: Readonly<Record<string, string | undefined>> = {
  min: 'Element by element it is minimum(x, y).',
  max: 'Element by element it is maximum(x, y).',
}

/**
 * The operand of a reduction that has no options. What is no object may follow it, as in `rows.map(max)`.
 * @throws as `viewOf` does; CorepoolError `ERR_INVALID_ARG_TYPE` for an array after it, `ERR_INVALID_ARG_VALUE` for an option
 */
export function readArrayAlone(name: string, x: unknown, given: unknown): ArrayView {
  if (typeof given === 'object' && given !== null) {
    if (dtypeOf(given) !== undefined) {
      throw invalidType(`What follows the array of ${name}()`, 'nothing', given, elementByElement[name])
    }
    readOptions(`${name}()`, given, [])
  }
  return readArray(name, x)
}

/** Two operands of one length, both of numbers or both of one bigint dtype. @throws ArrayError */
export function readPair(name: string, x: unknown, y: unknown): [ArrayView, ArrayView] {
  const left = viewOf(`Operand 1 of ${name}()`, x)
  const right = viewOf(`Operand 2 of ${name}()`, y)
  if (left.length !== right.length) throw misfit.operandLength(`${name}()`, 2, right.length, left.length)
  if (left.dtype.isBigint !== right.dtype.isBigint) {
    throw misfit.mixed(`${name}()`, [left.dtype.name, right.dtype.name])
  }
  if (left.dtype.isBigint && left.dtype !== right.dtype) {
    throw misfit.bothBigintDtypes(`${name}()`)
  }
  return [left, right]
}

/** How a sum is to be made. */
export interface SumManner {
  readonly isSequential: boolean
  readonly compensated: boolean
}

/** @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` */
export function readSumOptions(name: string, given: unknown): SumManner {
  const { order, compensated } = readOptions(`${name}()`, given, ['order', 'compensated'])
  if (order !== undefined && order !== 'fixed' && order !== 'sequential') {
    throw invalidValue('order', "'fixed' or 'sequential'", order)
  }
  if (compensated !== undefined && typeof compensated !== 'boolean') {
    throw invalidType('compensated', 'a boolean', compensated)
  }
  if (order === 'sequential' && compensated === true) {
    throw invalidValue(
      'compensated',
      "false or absent beside order: 'sequential', which is that of a plain loop",
      compensated,
    )
  }
  return { isSequential: order === 'sequential', compensated: compensated ?? true }
}

/** @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` */
export function readDdof(name: string, given: unknown): number {
  const { ddof = 0 } = readOptions(`${name}()`, given, ['ddof'])
  if (typeof ddof !== 'number') throw invalidType('ddof', 'a number', ddof)
  if (!(ddof >= 0 && ddof < Infinity)) throw invalidValue('ddof', 'a finite number from 0 on', ddof)
  return ddof
}

/** What a histogram is to be made of; `range` absent: that of the elements. */
export interface HistogramManner {
  readonly bins: number
  readonly range: readonly [number, number] | undefined
}

/** @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` */
export function readHistogramOptions(given: unknown): HistogramManner {
  const { bins = 10, range } = readOptions('histogram()', given, ['bins', 'range'])
  if (typeof bins !== 'number') throw invalidType('bins', 'a number', bins)
  if (!Number.isSafeInteger(bins) || bins < 1) throw invalidValue('bins', 'a whole number from 1 on', bins)
  return { bins, range: range === undefined ? undefined : readRange(range) }
}

function readRange(range: unknown): readonly [number, number] {
  const expected = 'two finite numbers, [low, high], the first not above the second'
  if (!isArray(range)) throw invalidType('range', `an array of ${expected}`, range)
  const [low, high] = range
  const isRange =
    range.length === 2 && Number.isFinite(low) && Number.isFinite(high) && (low as number) <= (high as number)
  if (!isRange) throw invalidValue('range', expected, range)
  return [low as number, high as number]
}
