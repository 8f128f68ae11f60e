/**
 * The engine without addon: plain loops on the calling thread. An asynchronous call works in slices of a few milliseconds
 * and lets the event loop turn between them.
 */
import { runReasons } from '../errors/index.ts'
import {
  allocate,
  copyElements,
  dtypeByName,
  dtypeNames,
  viewOf,
  type ArrayView,
  type DType,
  type DTypeInfo,
  type NumericArray,
} from '../memory/index.ts'
import { now, setImmediate, type RunningJob } from '../native/index.ts'
import type { AsyncObserver, AsyncRequest, Engine } from './engine.ts'
import { loopsOf, type DirectLoop, type DoublesLoop } from './built-in-loops.ts'
import { load, store } from './loops.generated.ts'
import {
  differenceReason,
  isCompiled,
  type BuiltInOperation,
  type CheckedOperand,
  type CompiledOperation,
  type Operation,
  type Pass,
  type PreparedProgram,
} from './operation.ts'
import { numberLoops, type OpName } from './program/index.ts'

/** Elements of a block that passes through float64: 4 KiB. */
const BLOCK = 512

/** Elements between two looks at the clock. */
const STEP = 16 * 1024

/** Milliseconds of work before the event loop turns. */
const SLICE = 4

type LoadLoop = (x: NumericArray, start: number, block: Float64Array, count: number) => void
type StoreLoop = (block: Float64Array, y: NumericArray, start: number, count: number) => void

/** A pass with the loops of the dtypes chosen. */
function passOver(operation: BuiltInOperation, operands: readonly CheckedOperand[], output: ArrayView): Pass {
  const { direct, onDoubles } = loopsOf(operation)
  const loop = direct[output.dtype.name]
  const arrays = arraysOf(operands, output.dtype)
  if (loop !== undefined && arrays !== undefined) return (start, end) => loop(start, end, output.array, ...arrays)
  return output.dtype.isBigint ? overBigints(loop, operands, output) : overDoubles(onDoubles, operands, output)
}

/** The operands, where all are arrays of that dtype. */
function arraysOf(operands: readonly CheckedOperand[], dtype: DTypeInfo): NumericArray[] | undefined {
  const arrays: NumericArray[] = []
  for (const operand of operands) {
    if (typeof operand !== 'object' || operand.dtype !== dtype) return undefined
    arrays.push(operand.array)
  }
  return arrays
}

/** Bigints of either dtype, and single ones: in blocks, so that a single one need not be as long as the arrays. */
function overBigints(loop: DirectLoop | undefined, operands: readonly CheckedOperand[], output: ArrayView): Pass {
  if (loop === undefined) throw new TypeError('an operation that takes bigints has a loop for them')
  const parts = operands.map((operand) => {
    if (typeof operand === 'object') return (at: number, count: number) => part(operand, at, count)
    const block = new BigInt64Array(BLOCK).fill(BigInt(operand))
    return () => block
  })
  return (start, end) => {
    for (let at = start; at < end; at += BLOCK) {
      const count = Math.min(BLOCK, end - at)
      loop(0, count, part(output, at, count), ...parts.map((partAt) => partAt(at, count)))
    }
  }
}

/** Elements of a view; not by `subarray`, which a subclass may have replaced. */
function part({ dtype, buffer, byteOffset }: ArrayView, at: number, count: number): NumericArray {
  return dtype.create(buffer, byteOffset + at * dtype.size, count)
}

/** Numbers of any dtype: widened to float64 block by block, computed, stored. Float64 arrays are read and written in place. */
function overDoubles(loop: DoublesLoop, operands: readonly CheckedOperand[], output: ArrayView): Pass {
  const starts = operands.map(() => 0)
  const loads: ((at: number, count: number) => void)[] = []
  const blocks = operands.map((operand, n) => {
    if (typeof operand !== 'object') return new Float64Array(BLOCK).fill(Number(operand))
    const { array, dtype } = operand
    if (dtype.name === 'float64') {
      loads.push((at) => (starts[n] = at))
      return array as Float64Array
    }
    const block = new Float64Array(BLOCK)
    const loadLoop = load[dtype.name as keyof typeof load] as LoadLoop
    loads.push((at, count) => loadLoop(array, at, block, count))
    return block
  })
  const isFloat64 = output.dtype.name === 'float64'
  const result = isFloat64 ? (output.array as Float64Array) : new Float64Array(BLOCK)
  const storeLoop = store[output.dtype.name as keyof typeof store] as StoreLoop
  return (start, end) => {
    for (let at = start; at < end; at += BLOCK) {
      const count = Math.min(BLOCK, end - at)
      for (const loadAt of loads) loadAt(at, count)
      loop(count, result, isFloat64 ? at : 0, blocks, starts)
      if (!isFloat64) storeLoop(result, output.array, at, count)
    }
  }
}

/** A compiled operation that was prepared for this call, to its end. */
export function runPrepared(
  operation: CompiledOperation,
  prepared: PreparedProgram,
  given: readonly CheckedOperand[],
  output: ArrayView,
): void {
  const operands = allApart(given, output)
  const pass = output.isShared
    ? passOverCopies(operation, prepared, operands, output, (view) => apart(view, output))
    : operation.pass(prepared, operands, output)
  pass(0, output.length)
}

/** A pass that runs when this call has returned: bound arrays are copied, as operands are. */
function passLater(
  operation: Operation,
  operands: readonly CheckedOperand[],
  output: ArrayView,
  out: ArrayView | undefined,
): Pass {
  if (!isCompiled(operation)) return passOver(operation, operands, output)
  const prepared = operation.prepare(operands, output.dtype.isBigint, out)
  return passOverCopies(operation, prepared, operands, output, (view) => steady(view, output))
}

/** A pass that reads what `copy` gives for each bound array. */
function passOverCopies(
  operation: CompiledOperation,
  prepared: PreparedProgram,
  operands: readonly CheckedOperand[],
  output: ArrayView,
  copy: (view: ArrayView) => ArrayView,
): Pass {
  if (prepared.program === null) return operation.pass(prepared, operands, output, operation.functionOver(copy))
  return operation.pass({ ...prepared, tables: prepared.tables.map(copy) }, operands, output)
}

/** The view, or a copy of what it shows now: nothing takes its memory away, and the output is not written into it. */
function steady(view: ArrayView, output: ArrayView): ArrayView {
  return view.isSteady ? apart(view, output) : copied(view)
}

/**
 * The view, or a copy of what it shows now where it may be the memory of the output under another SharedArrayBuffer, as each
 * structuredClone() of one is: JavaScript tells no addresses, so what the addon refuses as an overlap is computed from a copy here.
 */
function apart(view: ArrayView, output: ArrayView): ArrayView {
  return view.isShared && output.isShared && view.buffer !== output.buffer ? copied(view) : view
}

function allApart(operands: readonly CheckedOperand[], output: ArrayView): CheckedOperand[] {
  return operands.map((operand) => (typeof operand === 'object' ? apart(operand, output) : operand))
}

function copied(view: ArrayView): ArrayView {
  const copy = allocate(view.dtype, view.length)
  copyElements(copy.array, view.array)
  return copy
}

function begin(request: AsyncRequest, observer: AsyncObserver): RunningJob {
  const { operation, dtype, out, length: total, onProgress } = request
  const output = out?.isSteady === true ? out : allocate(dtype, total)
  const operands = request.operands.map((operand) => (typeof operand === 'object' ? steady(operand, output) : operand))
  const pass = passLater(operation, operands, output, out)
  const reportEvery = Math.max(STEP, Math.ceil(total / 100))
  let done = 0
  let reported = 0
  let isCancelled = false
  let keepsAlive = true
  let next = setImmediate(slice)

  function slice(): void {
    if (isCancelled) return observer.cancelled()
    let result: NumericArray | undefined
    try {
      result = proceed()
    } catch (error) {
      // What the function of a kernel threw, as a rule: nobody else would hear of it.
      return observer.failed(error)
    }
    if (result !== undefined) return observer.completed(result)
    next = setImmediate(slice)
    if (!keepsAlive) next.unref()
  }

  /** Works for one slice. The result, when all is done. */
  function proceed(): NumericArray | undefined {
    const deadline = now() + SLICE
    while (done < total && now() < deadline) {
      const end = Math.min(total, done + STEP)
      pass(done, end)
      done = end
    }
    if (done === total) return deliver(output, out)
    if (done - reported >= reportEvery) {
      reported = done
      onProgress?.(done, total)
    }
    return undefined
  }
  return {
    cancel() {
      isCancelled = true
    },
    ref() {
      keepsAlive = true
      next.ref()
    },
    unref() {
      keepsAlive = false
      next.unref()
    },
  }
}

/** The result as the caller asked for it: the new array, or `out`, which may have been detached meanwhile. */
function deliver(output: ArrayView, out: ArrayView | undefined): NumericArray {
  if (out === undefined || out === output) return output.array
  const attached = viewOf('The output', out.array)
  copyElements(attached.array, output.array)
  return attached.array
}

/** Plain JavaScript. */
const engine: Engine = {
  name: 'js',
  allocate,
  info: (operation) => ({
    engine: 'js',
    accuracy: 'exact',
    simd: 'none',
    operations: operation.operations,
    scalarLanes: 0,
    reason: differenceReason(operation) ?? runReasons.noAddon,
  }),
  run(operation, operands, output) {
    if (isCompiled(operation)) {
      return runPrepared(operation, operation.prepare(operands, output.dtype.isBigint, output), operands, output)
    }
    passOver(operation, allApart(operands, output), output)(0, output.length)
  },
  fused: () => undefined,
  start: begin,
}

export type { DirectLoop }

/** The engine. A function, as all exports of a part that is loaded at first use. */
export function plainEngine(): Engine {
  return engine
}

/** The loops between arrays of one dtype, by its code; undefined where an operation has none of its own. */
export function directLoopsOf(operation: BuiltInOperation): readonly (DirectLoop | undefined)[] {
  const { direct } = loopsOf(operation)
  const loops: (DirectLoop | undefined)[] = []
  for (const name of dtypeNames) {
    const code = dtypeByName(name)?.code as number
    while (loops.length <= code) loops.push(undefined)
    loops[code] = direct[name as DType]
  }
  return loops
}

/** The loop of an operation on doubles. */
export function doublesLoopOf(operation: BuiltInOperation): DoublesLoop {
  return loopsOf(operation).onDoubles
}

/** One operation of programs on lanes of numbers, with the values of JavaScript. */
export function runOperation(op: OpName, out: Float64Array, a: Float64Array, b: Float64Array): void {
  numberLoops[op as keyof typeof numberLoops](out, a, b, b, out.length)
}
