/** The one entry of the layer that reads what callers pass: options and single values. */
export { isPlainObject, readOptions, readOwnOptions } from './options.ts'
export { checkSignal, hasAborted, onAbort } from './signals.ts'
export { checkFunction, checkString } from './values.ts'
