import { describe } from './arguments.ts'
import { ArrayError } from './classes.ts'
import { isArray } from './revoked.ts'

/** `ERR_INVALID_ARG_TYPE`: an output that is no typed array, or any other array that must be one. */
export function notAnArray(name: string, received: unknown): ArrayError {
  return noOperand(name, 'a typed array', received)
}

/** `ERR_INVALID_ARG_TYPE`: an operand that is none, or that cannot be the only one. */
export function notAnOperand(name: string, received: unknown): ArrayError {
  return noOperand(name, 'a number or a typed array', received)
}

function noOperand(name: string, expected: string, received: unknown): ArrayError {
  const next = isArray(received) ? ' Make it a typed array first: Float64Array.from(values).' : ''
  return new ArrayError('ERR_INVALID_ARG_TYPE', `${name} must be ${expected}; received ${describe(received)}.${next}`)
}

/** `ERR_DETACHED`: the buffer was transferred away. */
export function detached(name: string): ArrayError {
  return new ArrayError(
    'ERR_DETACHED',
    `${name} has no memory: its buffer is detached, most likely by a transfer (postMessage, structuredClone). ` +
      'Use the array that received the buffer, or transfer a copy.',
  )
}

/** `ERR_RESIZABLE`: the memory may change its length while threads work on it. */
export function resizable(name: string): ArrayError {
  return new ArrayError(
    'ERR_RESIZABLE',
    `${name} lies in a resizable buffer, whose length may change while it is read. Pass a copy of fixed length: array.slice().`,
  )
}

/** `ERR_OUT_OF_MEMORY`: no room for a result. */
export function noMemory(dtype: string, length: number, cause: unknown): ArrayError {
  return new ArrayError(
    'ERR_OUT_OF_MEMORY',
    `There is no memory for a result of ${length} elements of dtype "${dtype}". ` +
      'Pass an array that exists as { out }, or work through the data in pieces.',
    { cause },
  )
}

/** `ERR_OUT_OF_MEMORY`: no room for the counts and edges of a histogram. */
export function tooManyBins(bins: number, cause: unknown): ArrayError {
  return new ArrayError(
    'ERR_OUT_OF_MEMORY',
    `There is no memory for ${bins} bins, which take 16 bytes each. Ask for fewer bins, or for a narrower range at a time.`,
    { cause },
  )
}

/** The ways in which two arrays of one call do not fit each other. */
export const misfit = {
  /** `ERR_LENGTH_MISMATCH`: the output. */
  length(name: string, operand: number, output: number): ArrayError {
    return new ArrayError(
      'ERR_LENGTH_MISMATCH',
      `The output of ${name} must have the operand's length, ${operand}; it has ${output} elements. ` +
        `Pass a part of it: out.subarray(0, ${operand}), or another array.`,
    )
  },
  /** `ERR_LENGTH_MISMATCH`: an operand beside another. */
  operandLength(name: string, nth: number, length: number, first: number): ArrayError {
    return new ArrayError(
      'ERR_LENGTH_MISMATCH',
      `The arrays of ${name} must have one length; the first has ${first} elements, operand ${nth} has ${length}. ` +
        'Pass parts of equal length (subarray), or a single number, which stands for every element.',
    )
  },
  /** `ERR_DTYPE`: bigints and numbers do not mix, between operand and result. */
  bigint(name: string, input: string, output: string): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} cannot store ${input} values as ${output}: bigints and numbers do not mix. ` +
        'Use an output of the same kind (int64, uint64, or any number dtype), or convert the operand first.',
    )
  },
  /** `ERR_DTYPE`: results are reduced as numbers, and these would be bigints. */
  reducedBigints(name: string, dtype: string, inTwoSteps: string): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} reduces numbers, and what the kernel makes of ${dtype} arrays are bigints. ` +
        `Reduce the array that it gives: ${inTwoSteps}.`,
    )
  },
  /** `ERR_DTYPE`: bigints and numbers do not mix, between operands. */
  mixed(name: string, operands: readonly string[]): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} cannot compute with ${operands.join(' and ')}: bigints and numbers do not mix. ` +
        'Convert one of them first; beside an int64 or uint64 array a single value is a bigint, such as 2n.',
    )
  },
  /** `ERR_DTYPE`: the operation is defined for numbers only. */
  numbersOnly(name: string, dtype: string): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} takes numbers, not the bigints of ${dtype} arrays. Convert them first: Float64Array.from(xs, Number).`,
    )
  },
  /** `ERR_DTYPE`: nobody says what the result is. */
  severalDtypes(name: string, dtypes: readonly string[]): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} of ${dtypes.join(' and ')} arrays could have any dtype: say which, as { dtype: 'float64' }, or pass { out }.`,
    )
  },
  /** `ERR_DTYPE`: of bigints, nobody says whether the result has a sign. */
  bothBigintDtypes(name: string): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} of an int64 and a uint64 array could be signed or unsigned. Make both the same: ` +
        'new BigInt64Array(y.buffer, y.byteOffset, y.length) has the same 64 bits.',
    )
  },
  /** `ERR_OVERLAP`: the output begins inside an operand. */
  overlap(name: string): ArrayError {
    return new ArrayError(
      'ERR_OVERLAP',
      `The output of ${name} shares memory with an operand without being the same elements, so results would overwrite ` +
        'values that are still to be read. Pass the operand itself to work in place, or a separate array.',
    )
  },
  /** `ERR_DTYPE`: a dtype that does not exist here. */
  unknownDtype(name: string, received: unknown, known: readonly string[]): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} knows no dtype ${typeof received === 'string' ? `"${received}"` : describe(received)}; ` +
        `this runtime has ${known.map((dtype) => `"${dtype}"`).join(', ')}.`,
    )
  },
}

/** `ERR_INVALID_ARG_VALUE`: too few operands, or something after them that is no options object; `index` counts from 0. */
export function wrongArguments(call: string, arity: number, count: number, index: number, wrong: unknown): ArrayError {
  const operands = arity === 1 ? 'one operand' : `${arity} operands`
  return new ArrayError(
    'ERR_INVALID_ARG_VALUE',
    `${call} of arrays takes ${operands} and then at most one options object; received ` +
      `${count} argument${count === 1 ? '' : 's'}, and as number ${index + 1} ${describe(wrong)}.`,
  )
}

/** `ERR_INVALID_ARG_VALUE`: `out` has a dtype of its own. */
export function outAndDtype(call: string): ArrayError {
  return new ArrayError(
    'ERR_INVALID_ARG_VALUE',
    `${call} takes out or dtype, not both: the result is stored in the dtype of out.`,
  )
}

/** `ERR_INVALID_ARG_VALUE`: no bigint is infinite, so there is none to stand for the extreme of nothing. */
export function noBigints(call: string): ArrayError {
  return new ArrayError(
    'ERR_INVALID_ARG_VALUE',
    `${call} of a bigint array needs at least one element: no bigint could stand for none. Test xs.length first.`,
  )
}

/** `ERR_INVALID_ARG_VALUE`: an array that cannot be transferred into a call. */
export function notTransferable(call: string, reason: string, next: string): ArrayError {
  return new ArrayError('ERR_INVALID_ARG_VALUE', `${call} cannot transfer what it was given: ${reason}. ${next}`)
}
