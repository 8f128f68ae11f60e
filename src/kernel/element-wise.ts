/** Makes a kernel of an element-wise operation: the callable itself, and its asynchronous form. */
import { hasAborted, onAbort } from '../arguments/index.ts'
import { aborted, CorepoolError, invalidType } from '../errors/index.ts'
import { isAsViewed, slots, viewAs, type ArrayView, type NumericArray } from '../memory/index.ts'
import { binding, type RunningJob } from '../native/index.ts'
import {
  readAsyncCall,
  readCall,
  readSyncOptions,
  signatureOf,
  type AsyncCall,
  type Call,
  type Signature,
} from './call.ts'
import type { AsyncObserver, Engine } from './engine.ts'
import { nativeEngine } from './native-engine.ts'
import { isCompiled, type Operation } from './operation.ts'
import { plainEngine } from './plain-engine.ts'
import { reduceResults } from './reductions/index.ts'
import { reductionNames } from './reductions/names.ts'
import { TinyCalls } from './tiny-calls.ts'
import { moveIn, type MovedCall } from './transfer.ts'
import type { Kernel, KernelInfo } from './types.ts'

/** What computes in this program. */
export const engine: Engine = binding === null ? plainEngine() : nativeEngine(binding)

/** An asynchronous call of a kernel, begun. */
export interface RunningCall {
  readonly result: Promise<NumericArray>
  /** Asks it to end before its next chunk, as its signal does; the promise then rejects with `error`. A result that has arrived stands. */
  cancel(error: unknown): void
  /** Whether the event loop stays alive until the result has settled; it does until unref() is called. */
  ref(): void
  unref(): void
}

interface KernelRecord {
  readonly operation: Operation
  /** As the kernel's async(). */
  begin(...args: unknown[]): RunningCall
  /** Those that were asked for. */
  readonly methods: Map<string, Function>
}

/** The kernels that this module made, and what they are. */
const kernels = new WeakMap<object, KernelRecord>()

// Captured before anybody could replace them: what a kernel is goes through nobody else's hands.
const { call: callOf } = Function.prototype
const recordOf = callOf.bind(WeakMap.prototype.get) as (of: typeof kernels, kernel: object) => KernelRecord | undefined
const setRecord = callOf.bind(WeakMap.prototype.set) as (
  of: typeof kernels,
  kernel: object,
  record: KernelRecord,
) => void

/** True for a kernel of this package. */
export function isKernel(value: unknown): value is Kernel {
  return typeof value === 'function' && recordOf(kernels, value) !== undefined
}

/** What a kernel computes; undefined for anything else. */
export function operationOf(kernel: object): Operation | undefined {
  return recordOf(kernels, kernel)?.operation
}

/** Calls a kernel's async(). @throws as that does */
export function beginCall(kernel: Kernel, args: readonly unknown[]): RunningCall {
  const record = recordOf(kernels, kernel)
  if (record === undefined) throw invalidType('kernel', 'a kernel', kernel)
  return record.begin(...args)
}

/**
 * A property that is a method of the kernel it is read from, made when it is read first; one that was taken off its kernel stays its
 * method.
 */
function method(name: string, make: (record: KernelRecord) => Function): PropertyDescriptor {
  return {
    get(this: object): Function | undefined {
      const record = recordOf(kernels, this)
      let made = record?.methods.get(name)
      if (record !== undefined && made === undefined) record.methods.set(name, (made = make(record)))
      return made
    },
  }
}

/** What all kernels inherit: to give each its own would take most of the time in which the package is imported. */
const inherited: object = Object.freeze(
  Object.create(Function.prototype, {
    // Not an async function: wrong arguments are thrown, and only what happens later rejects.
    async: method(
      'async',
      ({ begin }) =>
        (...args: unknown[]) =>
          begin(...args).result,
    ),
    toString: method('toString', ({ operation }) => () => {
      return isCompiled(operation) ? operation.text : operation.onNumbers.toString()
    }),
    info: {
      get(this: object): KernelInfo | undefined {
        const operation = operationOf(this)
        return operation && Object.freeze(engine.info(operation))
      },
      enumerable: true,
    },
    ...Object.fromEntries(
      reductionNames.map((name) => {
        const make = ({ operation }: KernelRecord) => {
          return (...args: unknown[]): number | boolean => reduceResults(name, operation, args, engine, evaluate)
        }
        return [name, method(name, make)]
      }),
    ),
  }),
)

/** The kernel of an operation. */
export function elementWise<P extends unknown[], R = number>(operation: Operation): Kernel<P, R> {
  const { arity } = operation
  let made: Signature | undefined
  // Made at the first call, since importing the package makes dozens of kernels.
  const signature = (): Signature => (made ??= signatureOf(operation))
  const call = (arity === 1 ? ofOne : arity === 2 ? ofTwo : ofMany)(operation, signature)
  const begin = (...args: unknown[]): RunningCall => {
    return start(operation, readAsyncCall(signature(), argumentsOf(args, arity), args[arity], args.length))
  }
  Object.setPrototypeOf(call, inherited)
  // No prototypes: what was put on Object.prototype must not become part of them.
  Object.defineProperty(call, 'name', { __proto__: null, value: operation.name } as PropertyDescriptor)
  Object.defineProperty(call, 'length', { __proto__: null, value: arity } as PropertyDescriptor)
  setRecord(kernels, call, { operation, begin, methods: new Map() })
  return Object.freeze(call) as unknown as Kernel<P, R>
}

/** Of one operand: named parameters and `arguments.length`, since a rest parameter would allocate on every call. */
function ofOne(operation: Operation, signature: () => Signature): Function {
  const { onNumbers } = operation
  const tiny = isCompiled(operation) ? undefined : new TinyCalls(operation)
  return {
    call(operand: unknown, given: unknown): number | NumericArray {
      if (typeof operand === 'number') return onNumbers(operand, given as number)
      const [operands, count] = [[operand], arguments.length]
      const options = readSyncOptions(signature(), operands, given, count)
      return tiny?.ofOne(operand, options) ?? run(operation, readCall(signature(), operands, options, count))
    },
  }.call
}

/** Of two operands, in the same way. */
function ofTwo(operation: Operation, signature: () => Signature): Function {
  const { onNumbers } = operation
  const tiny = isCompiled(operation) ? undefined : new TinyCalls(operation)
  return {
    call(a: unknown, b: unknown, given: unknown): number | NumericArray {
      if (typeof a === 'number' && typeof b === 'number') return onNumbers(a, b, given as number)
      const [operands, count] = [[a, b], arguments.length]
      const options = readSyncOptions(signature(), operands, given, count)
      return tiny?.ofTwo(a, b, options) ?? run(operation, readCall(signature(), operands, options, count))
    },
  }.call
}

/** Of any number of operands. */
function ofMany(operation: Operation, signature: () => Signature): Function {
  const { arity, onNumbers } = operation
  return (...args: unknown[]): number | NumericArray => {
    const operands = argumentsOf(args, arity)
    if (operands.every((operand) => typeof operand === 'number')) return onNumbers(...(args as number[]))
    const options = readSyncOptions(signature(), operands, args[arity], args.length)
    return run(operation, readCall(signature(), operands, options, args.length))
  }
}

/** The first `arity` arguments, undefined for those that are missing; in a list of our own, since views take their places. */
function argumentsOf(args: readonly unknown[], arity: number): unknown[] {
  const operands = slots<unknown>(arity)
  for (let n = 0; n < arity; n++) operands[n] = n < args.length ? args[n] : undefined
  return operands
}

function run(operation: Operation, call: Call): NumericArray {
  return evaluate(operation, call).array
}

function evaluate(operation: Operation, { operands, length, dtype, out }: Call): ArrayView {
  const output = out ?? engine.allocate(dtype, length)
  engine.run(operation, operands, output)
  return output
}

/** @throws what the engine refuses before it starts: memory in use */
function start(operation: Operation, call: AsyncCall): RunningCall {
  const { length: total, transfer, signal } = call
  const what = `${operation.name}.async()`
  if (signal !== undefined && hasAborted(signal)) return rejected(aborted(what, signal))

  let job: RunningJob | undefined
  let isCalledOff = false
  /** Of whoever cancelled it, the first time. */
  let cancelled: { readonly error: unknown } | undefined
  const callOff = (): void => {
    isCalledOff = true
    job?.cancel()
  }
  // Before anything is moved or begins: a signal may be a Proxy, whose traps throw.
  const stopWaiting = signal && onAbort(signal, callOff)
  let moved: MovedCall | undefined
  let settle: { resolve(result: NumericArray): void; reject(error: unknown): void } | undefined
  const result = new Promise<NumericArray>((resolve, reject) => {
    settle = { resolve, reject }
  })
  /** What a progress listener threw: it counts even where the work was done before it could be cancelled. */
  let thrown: { readonly error: unknown } | undefined
  // Taken out of the call: called as its member, a listener would have the call itself as its `this`, to change as it likes.
  const { onProgress: listener } = call
  /** The listener, until it throws. */
  const onProgress =
    listener &&
    ((done: number): void => {
      if (thrown !== undefined) return
      try {
        listener(done, total)
      } catch (error) {
        thrown = { error }
        callOff()
      }
    })

  // What was moved goes back before anything of the caller's runs, as the traps of a signal do.
  const observer: AsyncObserver = {
    completed(array) {
      moved?.handBack(array)
      stopWaiting?.()
      onProgress?.(total)
      // An abort that came too late changes nothing: a result that has arrived stands.
      if (thrown === undefined) settle?.resolve(array)
      else settle?.reject(thrown.error)
    },
    cancelled() {
      moved?.handBack(undefined)
      stopWaiting?.()
      const why = thrown ?? cancelled
      settle?.reject(why === undefined && signal !== undefined ? aborted(what, signal) : why?.error)
    },
    failed(error) {
      moved?.handBack(undefined)
      stopWaiting?.()
      settle?.reject(error)
    },
  }
  try {
    if (signal !== undefined) lookAgain(what, call)
    moved = transfer && moveIn(transfer, call)
    const { operands, dtype, out } = moved ?? call
    job = engine.start({ operation, operands, length: total, dtype, out, moves: moved?.moves, onProgress }, observer)
  } catch (error) {
    moved?.handBack(undefined)
    stopWaiting?.()
    if (isShortage(error)) return rejected(error)
    throw error
  }
  // The function of a kernel, called to check its text, may have aborted the signal.
  if (isCalledOff) job.cancel()
  const cancel = (error: unknown): void => {
    cancelled ??= { error }
    callOff()
  }
  return { result, cancel, ref: job.ref, unref: job.unref }
}

/** A call that has ended before anything ran. */
function rejected(reason: unknown): RunningCall {
  return { result: Promise.reject(reason), cancel() {}, ref() {}, unref() {} }
}

/** Whether the machine, not an argument, is why a call cannot be run: it has begun, and rejects. */
function isShortage(error: unknown): boolean {
  return error instanceof CorepoolError && (error.code === 'ERR_OUT_OF_MEMORY' || error.code === 'ERR_SPAWN_FAILED')
}

/**
 * Looks again at arrays that were looked at before the traps of a signal ran.
 * @throws ArrayError `ERR_DETACHED`
 */
function lookAgain(what: string, { operands, out }: Call): void {
  for (let n = 0; n < operands.length; n++) {
    const operand = operands[n]
    if (typeof operand === 'object') stillThere(`An operand of ${what}`, operand)
  }
  if (out !== undefined) stillThere(`The output of ${what}`, out)
}

function stillThere(name: string, view: ArrayView): void {
  if (!isAsViewed(view)) viewAs(view.dtype, name, view.array)
}
