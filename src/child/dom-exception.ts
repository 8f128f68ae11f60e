/** The class DOMException as it was at first, which Node makes when it is first read: 0.1 ms that few children need. */
const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect
const original = getOwnPropertyDescriptor(globalThis, 'DOMException')

export function domException(): typeof DOMException {
  if (original?.get === undefined) return original?.value as typeof DOMException
  const present = getOwnPropertyDescriptor(globalThis, 'DOMException')
  const found = apply(original.get, globalThis, []) as typeof DOMException
  // What makes it puts it on the global object, where there may be another by now.
  if (present !== undefined) defineProperty(globalThis, 'DOMException', present)
  return found
}
