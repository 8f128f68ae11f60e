/** A function's text and name, as V8 has them: whatever an own property of the function says. */
import { types } from 'node:util'

// Captured when this module loads: a function's own `toString`, or a later one of the prototype, may say anything.
const textOf: (fn: Function) => string = Function.prototype.call.bind(Function.prototype.toString)

/** The function's text; null of a Proxy, which has none of its own. */
export function functionText(fn: Function): string | null {
  return types.isProxy(fn) ? null : textOf(fn)
}

/** `name` as an own string: a class may have a static method of that name, a function any value. */
export function functionName(fn: Function): string {
  const value: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value
  return typeof value === 'string' ? value : ''
}

/** Whether text that did not parse is what V8 prints of a function without source; of a bound one `name` tells. */
export function isNativeText(text: string): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(text)
}
