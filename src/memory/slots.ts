/**
 * Lists that are filled without the methods of Array and without setters: the memory that threads work on must not pass through a
 * built-in that the program has replaced, since whoever has it can detach it.
 */

/** Captured before anybody could replace it: defines a property as an assignment makes one, whatever lies on the prototypes. */
const { defineProperty } = Reflect

/**
 * Defines `list[index]`, or gives it the value where it cannot be defined anew, as in a list that is sealed; no setter runs, on the list or
 * on a prototype.
 */
export function define(list: unknown[], index: number, value: unknown): void {
  const descriptor = { __proto__: null, value, writable: true, enumerable: true, configurable: true }
  if (!defineProperty(list, index, descriptor as PropertyDescriptor))
    defineProperty(list, index, { __proto__: null, value } as PropertyDescriptor)
}

/** Whether define() can: the element can be written or be made anew, or one can be added. */
export function isDefinable(list: readonly unknown[], index: number): boolean {
  const own = Object.getOwnPropertyDescriptor(list, index)
  return own === undefined ? Object.isExtensible(list) : own.writable === true || own.configurable === true
}

/** A list of `count` elements of its own, each of which is to be assigned: a setter of Array.prototype is not asked then. */
export function slots<T>(count: number): T[] {
  // Copied as it stands, at the price of an empty list. Hardly a call has more operands than there is room for here.
  const list: unknown[] = [null, null, null, null, null, null, null, null]
  for (let n = list.length; n < count; n++) define(list, n, null)
  list.length = count
  return list as T[]
}
