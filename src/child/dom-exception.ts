/** The class DOMException as it was at first, which Node makes when it is first read: 0.1 ms that few children need. */
const { apply, defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Reflect
const globals = globalThis
const original = onGlobal()

function onGlobal(): PropertyDescriptor | undefined {
  const found = getOwnPropertyDescriptor(globals, 'DOMException')
  // What was put on Object.prototype must not become part of it.
  if (found !== undefined) setPrototypeOf(found, null)
  return found
}

export function domException(): typeof DOMException {
  if (original?.get === undefined) return original?.value as typeof DOMException
  const present = onGlobal()
  const found = apply(original.get, globals, []) as typeof DOMException
  // What makes it puts it on the global object, where there may be another by now.
  if (present !== undefined) defineProperty(globals, 'DOMException', present)
  return found
}
