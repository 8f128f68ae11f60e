/**
 * The engine without addon: plain loops on the calling thread. An asynchronous call works in slices of a few milliseconds
 * and lets the event loop turn between them.
 */
import { allocate, viewOf, type ArrayView, type NumericArray } from '../memory/index.ts'
import type { AsyncObserver, AsyncRequest, Engine } from './engine.ts'
import { direct, load, onBlock, store } from './loops.generated.ts'
import type { Operation } from './operation.ts'

/** Elements of a block that passes through float64: 4 KiB. */
const BLOCK = 512

/** Elements between two looks at the clock. */
const STEP = 16 * 1024

/** Milliseconds of work before the event loop turns. */
const SLICE = 4

type DirectLoop = (x: NumericArray, y: NumericArray, start: number, end: number) => void
type LoadLoop = (x: NumericArray, start: number, block: Float64Array, count: number) => void
type StoreLoop = (block: Float64Array, y: NumericArray, start: number, count: number) => void

/** A pass over elements start to end, with the loops of the two dtypes chosen. */
type Pass = (start: number, end: number) => void

function passOver(operation: Operation, input: ArrayView, output: ArrayView): Pass {
  const [from, to] = [input.dtype, output.dtype]
  if (from.isBigint || from === to) {
    // The two bigint dtypes store the same 64 bits: the output is written through the input's dtype.
    const target = from === to ? output.array : from.create(output.buffer, output.byteOffset, output.length)
    const loop = direct[operation.name][from.name] as DirectLoop
    return (start, end) => loop(input.array, target, start, end)
  }
  const loadLoop = load[from.name as keyof typeof load] as LoadLoop
  const storeLoop = store[to.name as keyof typeof store] as StoreLoop
  const compute = onBlock[operation.name]
  const block = new Float64Array(BLOCK)
  return (start, end) => {
    for (let at = start; at < end; at += BLOCK) {
      const count = Math.min(BLOCK, end - at)
      loadLoop(input.array, at, block, count)
      compute(block, count)
      storeLoop(block, output.array, at, count)
    }
  }
}

/** One pass between arrays of one dtype, at once: nothing is prepared for a slice that may come later. */
export function runTiny(operation: Operation, input: ArrayView, output: ArrayView): void {
  const loop = direct[operation.name][input.dtype.name] as DirectLoop
  loop(input.array, output.array, 0, input.length)
}

function copyOf(view: ArrayView): ArrayView {
  const copy = allocate(view.dtype, view.length)
  copy.array.set(view.array as never)
  return copy
}

function begin(request: AsyncRequest, observer: AsyncObserver): () => void {
  const { operation, dtype, out, onProgress } = request
  const input = request.input.isShared ? request.input : copyOf(request.input)
  const output = out?.isShared === true ? out : allocate(dtype, input.length)
  const pass = passOver(operation, input, output)
  const total = input.length
  const reportEvery = Math.max(STEP, Math.ceil(total / 100))
  let done = 0
  let reported = 0
  let isCancelled = false

  function slice(): void {
    if (isCancelled) return observer.cancelled()
    const deadline = performance.now() + SLICE
    while (done < total && performance.now() < deadline) {
      const end = Math.min(total, done + STEP)
      pass(done, end)
      done = end
    }
    if (done < total) {
      if (done - reported >= reportEvery) {
        reported = done
        onProgress?.(done, total)
      }
      setImmediate(slice)
      return
    }
    try {
      observer.completed(deliver(output, out))
    } catch (error) {
      observer.failed(error)
    }
  }
  setImmediate(slice)
  return () => {
    isCancelled = true
  }
}

/** The result as the caller asked for it: the new array, or `out`, which may have been detached meanwhile. */
function deliver(output: ArrayView, out: ArrayView | undefined): NumericArray {
  if (out === undefined || out === output) return output.array
  const now = viewOf('The output', out.array)
  now.array.set(output.array as never)
  return now.array
}

/** Plain JavaScript. */
export const plainEngine: Engine = {
  name: 'js',
  allocate,
  run(operation, input, output) {
    passOver(operation, input, output)(0, input.length)
  },
  start: begin,
}
