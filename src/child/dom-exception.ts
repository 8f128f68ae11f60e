/** The class DOMException as it was at first, which Node makes when it is first read: 0.1 ms that few children need. */
const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect
const globals = globalThis
const original = getOwnPropertyDescriptor(globals, 'DOMException')

export function domException(): typeof DOMException {
  if (original?.get === undefined) return original?.value as typeof DOMException
  const present = getOwnPropertyDescriptor(globals, 'DOMException')
  const found = apply(original.get, globals, []) as typeof DOMException
  // What makes it puts it on the global object, where there may be another by now.
  if (present !== undefined) defineProperty(globals, 'DOMException', present)
  return found
}
