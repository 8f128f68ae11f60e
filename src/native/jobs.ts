/**
 * The promise table of this environment: one entry for each asynchronous job that the native pool has not reported ended.
 * The addon rings, this module settles. Every job that was submitted is reported ended exactly once.
 */
import { fromNative } from '../errors/index.ts'
import type { ArrayView, Moves } from '../memory/index.ts'
import type { Binding, NativeJobs } from './binding.ts'
import { allBound, allHanded, handedToJob, movedOf } from './handed.ts'
import { isMainThread } from './main-thread.ts'
import { LARGE } from './result-memory.ts'

/** A program with its scalars and bound arrays. */
export interface JobProgram {
  readonly program: number
  readonly scalars: Float64Array | BigUint64Array | undefined
  readonly tables: readonly ArrayView[]
}

/** What a job needs to start. */
export interface JobRequest {
  /** The code of a built-in operation, or a program. */
  readonly work: number | JobProgram
  /** Of every array. */
  readonly length: number
  /** The dtype of the result. */
  readonly outputCode: number
  /** Steady memory that the job writes in place; absent: memory of its own, handed out at the end. */
  readonly output: ArrayView | undefined
  readonly operands: readonly (ArrayView | number | bigint)[]
  /** What was moved for it. */
  readonly moves: Moves | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * How a job ended. `take` and `takeInto` may be called at once, and take the result once: `take` lends its own memory, or is null where a copy
 * serves better or nothing may be lent; then `takeInto` copies it.
 */
export type JobEnd =
  | { readonly kind: 'completed'; take(): ArrayBuffer | null; takeInto(output: ArrayView): void }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string }

/** A job that was started. Once it has ended, nothing here has an effect. */
export interface RunningJob {
  /** Asks it to end before its next chunk. */
  readonly cancel: () => void
  /** Whether the event loop stays alive until its end is heard; it does until unref() is called. */
  readonly ref: () => void
  readonly unref: () => void
}

/** Bytes of an element, at most. */
const LONGEST_ELEMENT = 8

type Entries = Map<number, Entry>

/** The kinds of events that are no progress. */
const COMPLETED = 1
const CANCELLED = 2

interface Entry {
  /** Elements of the result. */
  readonly length: number
  readonly onProgress: ((done: number, total: number) => void) | undefined
  readonly onEnd: (end: JobEnd) => void
  keepsAlive: boolean
}

// Captured before anybody could replace them: who hears of the end of a job is nobody else's to call.
const { call } = Function.prototype
const entryOf = call.bind(Map.prototype.get) as (entries: Entries, id: number) => Entry | undefined
const setEntry = call.bind(Map.prototype.set) as (entries: Entries, id: number, entry: Entry) => void
const deleteEntry = call.bind(Map.prototype.delete) as (entries: Entries, id: number) => void

/** Starts jobs and hears of them. */
export class JobTable {
  readonly #jobs: NativeJobs
  readonly #entries: Entries = new Map()
  /** How many of them keep the event loop alive. */
  #keeping = 0

  constructor(binding: Binding) {
    this.#jobs = new binding.Jobs(() => {
      for (let event = this.#jobs.next(); event >= 0; event = this.#jobs.next()) {
        try {
          const kind = event % 4
          this.#hear((event - kind) / 4, kind)
        } catch (error) {
          // Whoever waits for the next event has done nothing wrong; the error is reported as any in a callback is.
          process.nextTick(() => {
            throw error
          })
        }
      }
    })
  }

  /**
   * Starts a job; `onEnd` is called once, on a later turn of the event loop.
   * @throws what the binding refuses: no memory, a bad environment variable
   */
  start(request: JobRequest, onEnd: (end: JobEnd) => void): RunningJob {
    const { work, length, outputCode, output, operands, moves, onProgress } = request
    const arrays = handedToJob(output, operands)
    const moved = movedOf(arrays, moves)
    const wantsProgress = onProgress !== undefined
    let id: number
    try {
      if (typeof work === 'number') {
        id = this.#jobs.submit(work, length, outputCode, arrays, moved, wantsProgress)
      } else {
        const { program, scalars, tables } = work
        id = this.#jobs.submitProgram(
          program,
          length,
          outputCode,
          arrays,
          scalars,
          allBound(tables),
          moved,
          wantsProgress,
        )
      }
    } catch (error) {
      throw fromNative(error)
    }
    const entry: Entry = { length, onProgress, onEnd, keepsAlive: false }
    try {
      setEntry(this.#entries, id, entry)
      this.#keepAlive(entry, true)
      const isRunning = (): boolean => entryOf(this.#entries, id) === entry
      return {
        cancel: () => isRunning() && this.#jobs.cancel(id),
        ref: () => isRunning() && this.#keepAlive(entry, true),
        unref: () => isRunning() && this.#keepAlive(entry, false),
      }
    } catch (error) {
      // No stack was left for more: a job of which nobody hears must not go on in memory that its caller gets back.
      this.#jobs.discard(id)
      this.#forget(id, entry)
      throw error
    }
  }

  #forget(id: number, entry: Entry): void {
    deleteEntry(this.#entries, id)
    this.#keepAlive(entry, false)
  }

  #keepAlive(entry: Entry, on: boolean): void {
    if (entry.keepsAlive === on) return
    entry.keepsAlive = on
    this.#keeping += on ? 1 : -1
    if (this.#keeping === (on ? 1 : 0)) this.#jobs.keepAlive(on)
  }

  #hear(id: number, kind: number): void {
    const entry = entryOf(this.#entries, id)
    if (entry === undefined) return
    if (kind < COMPLETED) {
      const { onProgress } = entry
      onProgress?.(this.#jobs.detail() as number, entry.length)
      return
    }
    this.#forget(id, entry)
    let taken = false
    try {
      this.#end(id, kind, entry, () => (taken = true))
    } finally {
      if (!taken) this.#jobs.discard(id)
    }
  }

  #end(id: number, kind: number, entry: Entry, took: () => void): void {
    if (kind === COMPLETED) {
      entry.onEnd({
        kind: 'completed',
        take: () => {
          // Not asked for the usual, short results: to load what tells takes three milliseconds.
          if (entry.length * LONGEST_ELEMENT < LARGE || !isMainThread()) return null
          const lent = this.#jobs.take(id)
          if (lent !== null) took()
          return lent
        },
        takeInto: (output) => {
          this.#jobs.takeInto(id, allHanded([output]), output.length)
          took()
        },
      })
    } else if (kind === CANCELLED) {
      entry.onEnd({ kind: 'cancelled' })
    } else {
      entry.onEnd({ kind: 'failed', message: this.#jobs.detail() as string })
    }
  }
}
