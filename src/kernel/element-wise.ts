/** Makes a kernel of one element-wise operation: the callable itself, and its asynchronous form. */
import { hasAborted, onAbort } from '../arguments/index.ts'
import { aborted } from '../errors/index.ts'
import type { NumericArray } from '../memory/index.ts'
import { binding } from '../native/index.ts'
import { callNames, readAsyncCall, readCall, type AsyncCall } from './call.ts'
import type { Engine } from './engine.ts'
import { nativeEngine } from './native-engine.ts'
import type { Operation } from './operation.ts'
import { plainEngine } from './plain-engine.ts'
import type { Kernel } from './types.ts'

/** What computes in this program. */
export const engine: Engine = binding === null ? plainEngine : nativeEngine(binding)

/** The kernels that this module made. */
const kernels = new WeakSet<object>()

/** True for a kernel of this package. */
export function isKernel(value: unknown): value is Kernel<[number]> {
  return typeof value === 'function' && kernels.has(value)
}

/** The kernel of an operation of one operand. */
export function elementWise(operation: Operation): Kernel<[number]> {
  const { name, onNumber } = operation
  const names = callNames(name)

  // Named parameters and `arguments.length`: a rest parameter would allocate on every call.
  function call(operand: unknown, options: unknown): number | NumericArray {
    if (typeof operand === 'number') return onNumber(operand)
    const { input, dtype, out } = readCall(names, operand, options, arguments.length)
    const output = out ?? engine.allocate(dtype, input.length)
    engine.run(operation, input, output)
    return output.array
  }

  // Not an async function: wrong arguments are thrown, and only what happens later rejects.
  function startCall(operand: unknown, options: unknown): Promise<NumericArray> {
    return run(operation, readAsyncCall(names, operand, options, arguments.length))
  }

  Object.defineProperties(call, {
    name: { value: name },
    length: { value: 1 },
    async: { value: startCall },
    toString: { value: () => onNumber.toString() },
  })
  kernels.add(call)
  return Object.freeze(call) as unknown as Kernel<[number]>
}

/** @throws what the engine refuses before it starts: memory in use, no memory */
function run(operation: Operation, call: AsyncCall): Promise<NumericArray> {
  const { input, dtype, out, signal } = call
  const what = `${operation.name}.async()`
  if (signal !== undefined && hasAborted(signal)) return Promise.reject(aborted(what, signal))

  let settle: { resolve(result: NumericArray): void; reject(error: unknown): void } | undefined
  const promise = new Promise<NumericArray>((resolve, reject) => {
    settle = { resolve, reject }
  })
  const total = input.length
  /** What a progress listener threw: it counts even where the work was done before it could be cancelled. */
  let thrown: { readonly error: unknown } | undefined
  /** The listener, until it throws. */
  const onProgress =
    call.onProgress &&
    ((done: number): void => {
      if (thrown !== undefined) return
      try {
        call.onProgress?.(done, total)
      } catch (error) {
        thrown = { error }
        cancel()
      }
    })

  const cancel = engine.start(
    { operation, input, dtype, out, onProgress },
    {
      completed(result) {
        stopWaiting?.()
        onProgress?.(total)
        // An abort that came too late changes nothing: a result that has arrived stands.
        if (thrown === undefined) settle?.resolve(result)
        else settle?.reject(thrown.error)
      },
      cancelled() {
        stopWaiting?.()
        settle?.reject(thrown === undefined && signal !== undefined ? aborted(what, signal) : thrown?.error)
      },
      failed(error) {
        stopWaiting?.()
        settle?.reject(error)
      },
    },
  )
  const stopWaiting = signal && onAbort(signal, cancel)
  return promise
}
