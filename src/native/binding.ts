/** What the native addon exports. */
import type { Handed, HandedNumbers } from './handed.ts'

/** The asynchronous jobs of one environment (the main thread, or one worker_thread). */
export interface NativeJobs {
  /**
   * Queues a job over `length` elements and returns its number. `arrays` is the output, or null for memory of the job's own, and then
   * the operands, each followed by its place; they are copied unless they are shared, or moved to where no JavaScript can reach
   * them: those are `moved`, 0 for the output and n for operand n.
   */
  submit(
    operation: number,
    length: number,
    outputCode: number,
    arrays: readonly Handed[],
    moved: readonly number[],
    wantsProgress: boolean,
  ): number
  /** As `submit`, for a program; `scalars` and `tables` are as for `runProgram`, and the tables are copied as operands are. */
  submitProgram(
    program: number,
    length: number,
    outputCode: number,
    arrays: readonly Handed[],
    scalars: Float64Array | BigUint64Array | undefined,
    tables: readonly Handed[],
    moved: readonly number[],
    wantsProgress: boolean,
  ): number
  /** Whether the event loop stays alive for the events to come; it does not unless this was called. */
  keepAlive(on: boolean): void
  /**
   * The next event that was announced: four times the job's number, and 0 for progress, 1 for completed, 2 for cancelled or 3 for failed; the last
   * three come once, and nothing of the job after them. -1: there is none.
   */
  next(): number
  /** More of the event that `next` gave last: elements done, or why the job failed. */
  detail(): number | string
  /** Asks the job to end before its next chunk; the event tells when it has. */
  cancel(id: number): void
  /**
   * Lends a completed job's result, once: its own memory, for the main thread alone. Null where `takeInto` is to be called: for less than
   * 2 MiB, and where the host refuses.
   */
  take(id: number): ArrayBuffer | null
  /** Copies a completed job's result into `output`, memory and place, once. */
  takeInto(id: number, output: readonly Handed[], length: number): void
  /** Forgets a job; one that has not ended ends first: nothing works on its memory afterwards. */
  discard(id: number): void
}

/** The exports of the addon. */
export interface Binding {
  /** One pass over `length` elements on every core; returns when it is done. */
  elementwise(operation: number, length: number, output: Handed, place: number, ...operandsAndPlaces: Handed[]): void
  /** Elements that an operation computed one by one, since no vector form covers them: of all calls in this process so far. */
  scalarLanes(operation: number): number
  /**
   * Verifies a program (docs/kernel-programs.md) and keeps it; returns its number, for this thread. `mode` says which values the functions of
   * Math have: 0 as V8 up to 12, 1 as V8 13 and 14.
   */
  loadProgram(bytes: Uint8Array, mode: number): number
  /** As `scalarLanes`, for a program: each function in it counts. */
  programScalarLanes(program: number): number
  /** Forgets a program; jobs that run it go on. */
  dropProgram(program: number): void
  /**
   * One pass of a program over `length` elements on every core; returns when it is done. `scalars` are its bound numbers, or bigints
   * modulo 2^64; `tables` its bound arrays: value, place and length of each.
   */
  runProgram(
    program: number,
    length: number,
    scalars: Float64Array | BigUint64Array | undefined,
    tables: readonly Handed[] | undefined,
    output: Handed,
    place: number,
    ...operandsAndPlaces: Handed[]
  ): void
  /** The opcodes that this build knows, by rising code, and whether it runs them. */
  opcodes(): { name: string; code: number; operands: number; available: boolean }[]
  /** Reductions: each one pass on every core, and synchronous. What they give is what the facade's reducers ask of an engine. */
  reduceSum(x: HandedNumbers, compensated: boolean): { sum: number; error: number }
  reduceSquares(x: HandedNumbers, center: number, scale: number): { sum: number; error: number; distances: number }
  reduceDot(x: HandedNumbers, y: HandedNumbers, compensated: boolean): { sum: number; error: number }
  reduceExtreme(x: HandedNumbers, largest: boolean, finiteOnly: boolean): { value: number; index: number }
  reduceProduct(x: HandedNumbers): { significand: number; exponent: number }
  reduceExactSum(x: HandedNumbers): number
  /** 0: elements that are true; 1, 2: those that are true, or not, at least one if there are any. */
  reduceCount(x: HandedNumbers, counted: number): number
  /** Writes to `counts`, which has one element less than `edges`. */
  reduceHistogram(x: HandedNumbers, edges: Float64Array, counts: Float64Array): void
  reduceBigintSum(x: HandedNumbers): bigint
  reduceBigintProduct(x: HandedNumbers): bigint
  reduceBigintDot(x: HandedNumbers, y: HandedNumbers): bigint
  reduceBigintExtreme(x: HandedNumbers, largest: boolean): { value: bigint; index: number } | null
  /** Memory for a result, contents unspecified; null: ordinary memory is to be used. */
  lend(bytes: number): ArrayBuffer | null
  /** Asks for huge pages under an ordinary array that was not written yet. */
  advise(buffer: ArrayBufferLike): void
  /** Takes the memory of a buffer away; it has no bytes then. One that cannot be detached stays as it was. */
  detach(buffer: ArrayBuffer): void
  /** Gives memory that is kept for the next result back to the system. */
  trim(): void
  /** Bytes that may be lent at a time, and those of the largest memory that is kept for the next result. */
  setMemoryLimits(lent: number, longestKept: number): void
  /** Counters of the allocator. */
  memoryStats(): { fresh: number; recycled: number; returned: number; kept: number; out: number }
  /** Threads that a synchronous call may use. */
  poolSize(): number
  /** Another number of threads; none given: as many as the machine allows. */
  resizePool(threads?: number): void
  /** Counters of the pool. */
  poolStats(): { jobs: number; chunks: number; wakes: number; parks: number }
  /** 0: the CPUs of the machine, 1: those of this process, whatever the variables are; 2: its quota, NaN: no limit. */
  cpus(of: 0 | 1 | 2): number
  /** The machine; `quota` absent: no limit; `diagnostic` absent: nothing to say. */
  topology(): {
    cpus: number
    usable: number[]
    quota?: number
    pinned: number[]
    simd: string
    caches: Record<string, number>
    diagnostic?: string
  }
  /**
   * While `on`, the processes that this thread makes end with it, however it ends. Returns how many were tied so since the
   * last call; 0 where the system cannot.
   */
  tieForks(on: boolean): number
  /**
   * Ends this process with `code`, without Node's way down and without what libraries want to run at the end; returns where
   * the system cannot.
   */
  endNow(code: number): void
  /** `onEvents` is called when there are events, which `next` gives. */
  readonly Jobs: new (onEvents: () => void) => NativeJobs
}
