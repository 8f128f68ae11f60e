/** The engine on the native pool. */
import { fromNative, nativeFailure } from '../errors/index.ts'
import { viewOf, type ArrayView, type NumericArray } from '../memory/index.ts'
import {
  allHanded,
  handed,
  JobTable,
  placeOf,
  ResultMemory,
  type Binding,
  type JobEnd,
  type JobProgram,
} from '../native/index.ts'
import type { AsyncObserver, AsyncRequest, Engine } from './engine.ts'
import { NativePrograms } from './native-programs.ts'
import { differenceReason, isCompiled, type CheckedOperand } from './operation.ts'
import { plainEngine, runPrepared } from './plain-engine.ts'

function deliver(
  end: JobEnd & { kind: 'completed' },
  { dtype, length, out }: AsyncRequest,
  memory: ResultMemory,
): NumericArray {
  if (out === undefined) {
    const lent = end.take()
    if (lent !== null) return dtype.create(lent)
    // By JavaScript, which can be refused memory: Node-API ends the process instead.
    const result = memory.allocateOrdinary(dtype, length)
    end.takeInto(result)
    return result.array
  }
  if (out.isSteady) return out.array
  // The caller kept `out` while the pool worked: it may have been detached, and is written only as it is now.
  const now = viewOf('The output', out.array)
  end.takeInto(now)
  return now.array
}

function runNative(binding: Binding, code: number, operands: readonly CheckedOperand[], output: ArrayView): void {
  const { length } = output
  const [x, y] = operands as [CheckedOperand, CheckedOperand]
  const [value, place] = [handed(output), placeOf(output)]
  // The usual numbers of operands without a list of them.
  if (operands.length === 1) binding.elementwise(code, length, value, place, handed(x), placeOf(x))
  else if (operands.length === 2) {
    binding.elementwise(code, length, value, place, handed(x), placeOf(x), handed(y), placeOf(y))
  } else binding.elementwise(code, length, value, place, ...allHanded(operands))
}

/** The vector instructions in use. @throws CorepoolError `ERR_INVALID_ARG_VALUE` when COREPOOL_SIMD means nothing */
function simdOf(binding: Binding): string {
  try {
    return binding.topology().simd
  } catch (error) {
    throw fromNative(error)
  }
}

/** The engine over this addon. */
export function nativeEngine(binding: Binding): Engine {
  const jobs = new JobTable(binding)
  const memory = new ResultMemory(binding)
  const programs = new NativePrograms(binding)
  let simd: string | undefined
  return {
    name: 'native',
    allocate: (dtype, length) => memory.allocate(dtype, length),
    info(operation) {
      const { operations } = operation
      const reason = isCompiled(operation)
        ? (differenceReason(operation) ?? programs.reason(operation, operation.program))
        : undefined
      if (reason !== undefined) {
        return { engine: 'js', accuracy: 'exact', simd: 'none', operations, scalarLanes: 0, reason }
      }
      simd ??= simdOf(binding)
      const [accuracy, scalarLanes] = isCompiled(operation)
        ? [programs.accuracy(operation, operation.program), programs.scalarLanes(operation, operation.program)]
        : [programs.accuracyOf(operation), binding.scalarLanes(operation.code)]
      return { engine: 'native', accuracy, simd, operations, scalarLanes }
    },
    run(operation, operands, output) {
      if (isCompiled(operation)) {
        const prepared = operation.prepare(operands, output.dtype.isBigint, output)
        const { program } = prepared
        if (program !== null && programs.reason(operation, program) === undefined) {
          return programs.run(operation, program, prepared, operands, output)
        }
        return runPrepared(operation, prepared, operands, output)
      }
      try {
        runNative(binding, operation.code, operands, output)
      } catch (error) {
        throw fromNative(error)
      }
    },
    fused(operation, operands) {
      const prepared = operation.prepare(operands, false, undefined)
      const { program } = prepared
      if (program === null || programs.reason(operation, program) !== undefined) return undefined
      const { scalars, tables = [] } = programs.handedOf(prepared)
      return [programs.handle(operation, program), scalars, ...tables]
    },
    start(request: AsyncRequest, observer: AsyncObserver) {
      const { operation, operands, length, dtype, out, moves, onProgress } = request
      let work: number | JobProgram
      if (isCompiled(operation)) {
        const prepared = operation.prepare(operands, dtype.isBigint, out)
        const { program } = prepared
        if (program === null || programs.reason(operation, program) !== undefined) {
          return plainEngine().start(request, observer)
        }
        work = {
          program: programs.handle(operation, program),
          scalars: programs.handedOf(prepared).scalars,
          tables: prepared.tables,
        }
      } else work = operation.code
      memory.noteUse(length * dtype.size)
      return jobs.start(
        { work, length, outputCode: dtype.code, output: out?.isSteady ? out : undefined, operands, moves, onProgress },
        (end) => {
          if (end.kind === 'cancelled') return observer.cancelled()
          if (end.kind === 'failed') return observer.failed(nativeFailure(operation.name, end.message))
          let result: NumericArray
          try {
            result = deliver(end, request, memory)
          } catch (error) {
            return observer.failed(fromNative(error))
          }
          observer.completed(result)
        },
      )
    },
  }
}
