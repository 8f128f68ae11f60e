/**
 * The addon of this program. It is loaded once, when this module is: half a millisecond to one, for which `isNative` tells the
 * truth from the first line on.
 */
import { bindingNeeded } from '../errors/index.ts'
import type { Binding } from './binding.ts'
import { diagnose } from './diagnosis.ts'
import { load } from './load.ts'

const loaded = load()

/** The addon; null when plain JavaScript runs. */
export const binding: Binding | null = loaded.binding

/** The file that the addon was loaded from; null when plain JavaScript runs. */
export const bindingFile: string | null = loaded.binding === null ? null : loaded.file

/**
 * The addon, for what plain JavaScript cannot do.
 * @param what begins the sentence: `cores.resize(4)`
 * @throws CorepoolError `ERR_BINDING_LOAD` with the cause, and the command that mends it
 */
export function requireBinding(what: string): Binding {
  if (loaded.binding !== null) return loaded.binding
  const { failure } = loaded
  // The diagnosis is a file of its own, which a program's bundle has not.
  const problem = failure.kind === 'bundled' ? failure : diagnose(failure)
  throw bindingNeeded(what, problem, 'error' in failure ? failure.error : undefined)
}
