/**
 * A getter of a built-in prototype as a plain function, captured before anybody could replace it: it reads the object's own
 * state, whatever properties lie over it, and throws a TypeError (or, for a toStringTag, gives undefined) for other objects.
 */
export function builtinGetter<T>(prototype: object, name: string | symbol): (target: unknown) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get
  if (get === undefined) throw new TypeError(`this runtime has no ${String(name)}`)
  // Bound `call` rather than Reflect.apply: the optimising compiler sees through it, and no list of arguments is made.
  return Function.prototype.call.bind(get) as (target: unknown) => T
}
