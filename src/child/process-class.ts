/** Whether the Process class is loaded in this process, by whichever copy of this package. */

const key = Symbol.for('corepool.has-process-class')
const holder = globalThis as { [key]?: true }

/** Said by the module of the class when it is loaded. */
export function noteProcessClass(): void {
  Object.defineProperty(holder, key, { value: true, configurable: true })
}

export function hasProcessClass(): boolean {
  return holder[key] === true
}
