/** The one entry of the layer that reads what callers pass: options and single values. */
export { isPlainObject, readOptions } from './options.ts'
export { checkFunction, checkSignal, checkString } from './values.ts'
