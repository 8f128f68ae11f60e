import { describe } from './arguments.ts'
import { ArrayError } from './classes.ts'

/** `ERR_INVALID_ARG_TYPE`: an operand or output that is no typed array. */
export function notAnArray(name: string, received: unknown): ArrayError {
  const next = Array.isArray(received) ? ' Make it a typed array first: Float64Array.from(values).' : ''
  return new ArrayError('ERR_INVALID_ARG_TYPE', `${name} must be a typed array; received ${describe(received)}.${next}`)
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

/** The ways in which two arrays of one call do not fit each other. */
export const misfit = {
  /** `ERR_LENGTH_MISMATCH` */
  length(name: string, input: number, output: number): ArrayError {
    return new ArrayError(
      'ERR_LENGTH_MISMATCH',
      `The output of ${name} must have the operand's length, ${input}; it has ${output} elements. ` +
        `Pass a part of it: out.subarray(0, ${input}), or another array.`,
    )
  },
  /** `ERR_DTYPE`: bigints and numbers do not mix. */
  bigint(name: string, input: string, output: string): ArrayError {
    return new ArrayError(
      'ERR_DTYPE',
      `${name} cannot store ${input} values as ${output}: bigints and numbers do not mix. ` +
        'Use an output of the same kind (int64, uint64, or any number dtype), or convert the operand first.',
    )
  },
  /** `ERR_OVERLAP`: the output begins inside the operand. */
  overlap(name: string): ArrayError {
    return new ArrayError(
      'ERR_OVERLAP',
      `The output of ${name} shares memory with the operand without being the same elements, so results would overwrite ` +
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

/** `ERR_INVALID_ARG_VALUE`: more than operands and one options object. */
export function tooManyArguments(call: string, count: number, second: unknown): ArrayError {
  return new ArrayError(
    'ERR_INVALID_ARG_VALUE',
    `${call} of an array takes that array and then at most one options object; received ${count} arguments, ` +
      `the second of them ${describe(second)}.`,
  )
}

/** `ERR_INVALID_ARG_VALUE`: `out` has a dtype of its own. */
export function outAndDtype(call: string): ArrayError {
  return new ArrayError(
    'ERR_INVALID_ARG_VALUE',
    `${call} takes out or dtype, not both: the result is stored in the dtype of out.`,
  )
}
