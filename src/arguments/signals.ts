/**
 * Abort signals, through the platform's own methods: a signal may carry own properties, and many calls may share one.
 */
import { invalidType } from '../errors/index.ts'

const isAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get
const { addEventListener, removeEventListener } = EventTarget.prototype

/** `value` as an AbortSignal, or undefined when absent. @throws CorepoolError `ERR_INVALID_ARG_TYPE` */
export function checkSignal(name: string, value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined
  try {
    // The getter throws for everything that is no signal, whatever its prototype says.
    if (isAborted !== undefined) Reflect.apply(isAborted, value, [])
    return value as AbortSignal
  } catch {
    throw invalidType(name, 'an AbortSignal', value)
  }
}

/** Whether the signal has aborted. */
export function hasAborted(signal: AbortSignal): boolean {
  return isAborted !== undefined && Reflect.apply(isAborted, signal, []) === true
}

/**
 * The options of a listener that hears of the event also where an earlier one has called stopImmediatePropagation(), as Node's own do. Node
 * asks its listeners' options for that by a symbol which it keeps to itself; elsewhere nothing asks, and who stops the event stops it for us.
 */
const onceAnyway = new Proxy(
  { once: true },
  {
    get: (options, name) =>
      (typeof name === 'symbol' && name.description === 'kResistStopPropagation') || Reflect.get(options, name),
  },
)

/** Everybody who waits for one signal, behind one listener of it: from the eleventh listener on Node would warn of a leak. */
interface Waiting {
  readonly listeners: Set<() => void>
  /** Takes the one listener off the signal. */
  stop(): void
}

const waitingFor = new WeakMap<AbortSignal, Waiting>()

function waitFor(signal: AbortSignal): Waiting {
  const listeners = new Set<() => void>()
  const all = (): void => {
    waitingFor.delete(signal)
    for (const listener of listeners) listener()
  }
  Reflect.apply(addEventListener, signal, ['abort', all, onceAnyway])
  const waiting = { listeners, stop: () => stopListening(signal, all) }
  waitingFor.set(signal, waiting)
  return waiting
}

function stopListening(signal: AbortSignal, listener: () => void): void {
  try {
    Reflect.apply(removeEventListener, signal, ['abort', listener])
  } catch {
    // A Proxy's trap. The listener that stays has nobody to tell.
  }
}

/**
 * Calls `listener` once when `signal` aborts, which it has not yet.
 * @returns a function that calls it off, and throws nothing
 * @throws what the traps of a signal that is a Proxy throw; then nobody waits
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const waiting = waitingFor.get(signal) ?? waitFor(signal)
  // Each registration is its own, also of the same function.
  const registered = (): void => listener()
  waiting.listeners.add(registered)
  return () => {
    waiting.listeners.delete(registered)
    if (waiting.listeners.size > 0 || waitingFor.get(signal) !== waiting) return
    waitingFor.delete(signal)
    waiting.stop()
  }
}
