/** The engine on the native pool. */
import { fromNative, nativeFailure } from '../errors/index.ts'
import { viewOf, type ArrayView, type NumericArray } from '../memory/index.ts'
import { JobTable, ResultMemory, type Binding, type JobEnd } from '../native/index.ts'
import type { AsyncObserver, AsyncRequest, Engine } from './engine.ts'
import { runTiny } from './plain-engine.ts'

/**
 * The array as the addon takes it. Node-API of Node 20 does not know Float16Array: it travels as the 16-bit integers in the
 * same memory, and its code says what they are.
 */
function handed(view: ArrayView): NumericArray {
  return view.dtype.name === ('float16' as string)
    ? new Uint16Array(view.buffer, view.byteOffset, view.length)
    : view.array
}

function deliver(end: JobEnd & { kind: 'completed' }, request: AsyncRequest): NumericArray {
  const { dtype, out } = request
  if (out === undefined) return dtype.create(end.take())
  if (out.isShared) return out.array
  // The caller kept `out` while the pool worked: it may have been detached, and is written only as it is now.
  const now = viewOf('The output', out.array)
  end.takeInto(handed(now), dtype.code)
  return now.array
}

/**
 * Up to this many elements a loop in JavaScript is done before a call of the addon has begun: it costs 0.25 µs, in which a loop
 * does some 400 elements.
 */
const TINY = 400

/** The engine over this addon. */
export function nativeEngine(binding: Binding): Engine {
  const jobs = new JobTable(binding)
  const memory = new ResultMemory(binding)
  return {
    name: 'native',
    allocate: (dtype, length) => memory.allocate(dtype, length),
    run(operation, input, output) {
      // Shared memory may be claimed by a call that is writing it, which only the addon knows.
      const isTiny = input.length <= TINY && input.dtype === output.dtype && !output.isShared
      if (isTiny) return runTiny(operation, input, output)
      try {
        binding.elementwise(operation.code, handed(input), input.dtype.code, handed(output), output.dtype.code)
      } catch (error) {
        throw fromNative(error)
      }
    },
    start(request: AsyncRequest, observer: AsyncObserver) {
      const { operation, input, dtype, out, onProgress } = request
      memory.noteUse()
      const sharedOutput = out?.isShared === true ? handed(out) : undefined
      return jobs.start(
        {
          operation: operation.code,
          input: handed(input),
          inputCode: input.dtype.code,
          outputDtype: dtype,
          sharedOutput,
          onProgress,
        },
        (end) => {
          if (end.kind === 'cancelled') return observer.cancelled()
          if (end.kind === 'failed') return observer.failed(nativeFailure(operation.name, end.message))
          let result: NumericArray
          try {
            result = deliver(end, request)
          } catch (error) {
            return observer.failed(fromNative(error))
          }
          observer.completed(result)
        },
      )
    },
  }
}
