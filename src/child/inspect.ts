/** Looking at a value that may do anything when it is looked at. */
import { builtinModule } from './builtin-module.ts'

// As they were before the target ran.
const { Error: AnyError } = globalThis
const { inspect, types } = builtinModule('node:util')

/** Text for a human. */
export function inspectSafely(value: unknown): string {
  try {
    return inspect(value)
  } catch {
    return 'a value that cannot be shown'
  }
}

export function isError(value: unknown): value is object {
  try {
    return types.isNativeError(value) || value instanceof AnyError
  } catch {
    return false
  }
}
