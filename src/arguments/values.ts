import { invalidType } from '../errors/index.ts'

/** `value` as a string, or undefined when absent. @throws CorepoolError `ERR_INVALID_ARG_TYPE` */
export function checkString(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw invalidType(name, 'a string', value)
}

/** `value` as a function, or undefined when absent. @throws CorepoolError `ERR_INVALID_ARG_TYPE` */
export function checkFunction<F extends (...args: never[]) => unknown>(name: string, value: unknown): F | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'function') return value as F
  throw invalidType(name, 'a function', value)
}
