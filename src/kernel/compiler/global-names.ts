/** The names that a kernel may use without declaring them, and what the others are that JavaScript has. */
import { reasons } from '../../errors/index.ts'

export const globalFunctions: readonly string[] = ['isNaN', 'isFinite', 'Boolean', 'BigInt']

/**
 * Helpers of compilers that stand for an operator, and what they are: esbuild writes `__pow(a, b)` for `a ** b` below
 * ES2016. They are recognised only where they are free and not bound.
 */
export const aliases: ReadonlyMap<string, string> = new Map([['__pow', 'Math.pow']])

const known: ReadonlySet<string> = new Set([
  'Math',
  'Number',
  'NaN',
  'Infinity',
  'undefined',
  ...globalFunctions,
  ...aliases.keys(),
])

const impure = new Set(
  `Date console process globalThis global performance crypto Buffer setTimeout setInterval setImmediate queueMicrotask fetch
  require module exports Atomics Promise Reflect Proxy Symbol Object Array Map Set WeakMap WeakSet Function eval Intl Error
  TypeError RangeError SharedArrayBuffer ArrayBuffer DataView Float64Array Float32Array Int8Array Uint8Array Uint8ClampedArray
  Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array`.split(/\s+/),
)
const ofStrings = new Set(
  `String RegExp JSON parseInt parseFloat encodeURI encodeURIComponent decodeURI decodeURIComponent`.split(/\s+/),
)

/** True for a name that stands for a global of kernels where nothing declares or binds it. */
export function isGlobalName(name: string): boolean {
  return known.has(name)
}

/** True for what is no name, but stands where names do and has a meaning of its own in each function. */
export function isKeyword(name: string): boolean {
  return name === 'this' || name === 'arguments' || name === 'super' || name === 'new.target' || name === 'import.meta'
}

/** Why a name that nothing declares is no capture but something that kernels do not have; null of any other. */
export function refusedGlobal(name: string): string | null {
  if (name === 'this') return reasons.this
  if (name === 'super' || name === 'new.target') return reasons.syntax(name)
  if (name === 'arguments') return reasons.arguments
  if (name === 'import.meta') return reasons.impure(name)
  if (ofStrings.has(name)) return reasons.strings(name)
  return impure.has(name) ? reasons.impure(name) : null
}
