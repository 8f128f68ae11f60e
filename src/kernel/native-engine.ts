/** The engine on the native pool. */
import { fromNative, nativeFailure } from '../errors/index.ts'
import { viewOf, type ArrayView, type NumericArray } from '../memory/index.ts'
import { handed, JobTable, ResultMemory, type Binding, type JobEnd } from '../native/index.ts'
import type { AsyncObserver, AsyncRequest, Engine } from './engine.ts'
import { isCompiled, type CheckedOperand, type Operation } from './operation.ts'
import { differenceReason, plainEngine, runPlain, runTiny } from './plain-engine.ts'

function deliver(end: JobEnd & { kind: 'completed' }, request: AsyncRequest): NumericArray {
  const { dtype, out } = request
  if (out === undefined) return dtype.create(end.take())
  if (out.isShared) return out.array
  // The caller kept `out` while the pool worked: it may have been detached, and is written only as it is now.
  const now = viewOf('The output', out.array)
  end.takeInto(handed(now))
  return now.array
}

function runNative(binding: Binding, code: number, operands: readonly CheckedOperand[], output: ArrayView): void {
  const [x, y] = operands
  // The usual numbers of operands without a list of them.
  if (operands.length === 1) binding.elementwise(code, handed(output), handed(x as ArrayView))
  else if (operands.length === 2) {
    binding.elementwise(code, handed(output), handed(x as CheckedOperand), handed(y as CheckedOperand))
  } else binding.elementwise(code, handed(output), ...operands.map(handed))
}

/** Why the operation runs in JavaScript although there is the addon; undefined where it does not. */
function inJavaScript(operation: Operation): string | undefined {
  if (!isCompiled(operation)) return undefined
  return differenceReason(operation) ?? 'The addon does not run compiled functions yet.'
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
  let simd: string | undefined
  return {
    name: 'native',
    allocate: (dtype, length) => memory.allocate(dtype, length),
    info(operation) {
      const shared = { accuracy: 'exact', operations: operation.operations } as const
      const reason = inJavaScript(operation)
      if (reason !== undefined) return { ...shared, engine: 'js', simd: 'none', reason }
      simd ??= binding.topology().simd
      return { ...shared, engine: 'native', simd }
    },
    run(operation, operands, output) {
      if (isCompiled(operation)) return runPlain(operation, operands, output)
      // Shared memory may be claimed by a call that is writing it, which only the addon knows.
      if (output.length <= TINY && !output.isShared && runTiny(operation, operands, output)) return
      try {
        runNative(binding, operation.code, operands, output)
      } catch (error) {
        throw fromNative(error)
      }
    },
    start(request: AsyncRequest, observer: AsyncObserver) {
      const { operation, operands, dtype, out, onProgress } = request
      if (isCompiled(operation)) return plainEngine.start(request, observer)
      memory.noteUse()
      const output = out?.isShared === true ? out : undefined
      return jobs.start(
        {
          operation: operation.code,
          outputCode: dtype.code,
          arrays: [output === undefined ? null : handed(output), ...operands.map(handed)],
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
