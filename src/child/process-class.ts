/** Whether the Process class is loaded in this process, by whichever copy of this package. */

const key = Symbol.for('corepool.has-process-class')
const holder = globalThis as { [key]?: true }

/** Said by the module of the class when it is loaded. */
export function noteProcessClass(): void {
  // No prototype: what was put on Object.prototype must not become part of it.
  Object.defineProperty(holder, key, { __proto__: null, value: true, configurable: true } as PropertyDescriptor)
}

export function hasProcessClass(): boolean {
  return holder[key] === true
}
