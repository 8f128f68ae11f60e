/**
 * What the native addon exports, and where it is found. The addon is loaded once, when this module is: one to two
 * milliseconds, for which `isNative` tells the truth from the first line on.
 */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bindingNotLoaded } from '../errors/index.ts'
import type { NumericArray } from '../memory/index.ts'

/** How far an asynchronous job is. */
export interface JobEvent {
  readonly id: number
  readonly kind: 'progress' | 'completed' | 'cancelled' | 'failed'
  /** Elements done, of `total`. */
  readonly done: number
  readonly total: number
  /** Why it failed. */
  readonly message?: string
}

/** The asynchronous jobs of one environment (the main thread, or one worker_thread). */
export interface NativeJobs {
  /**
   * Queues a job and returns its number. `arrays` is the output, or null for memory of the job's own, and then the operands,
   * which are copied unless they are shared or moved. In a mask bit 0 is for the output, bit n for operand n.
   */
  submit(
    operation: number,
    float16: number,
    moved: number,
    outputCode: number,
    arrays: readonly (NumericArray | number | bigint | null)[],
    wantsProgress: boolean,
  ): number
  /** Asks the job to end before its next chunk; the event tells when it has. */
  cancel(id: number): void
  /** Hands out the memory of a completed job's result, once. */
  take(id: number): ArrayBuffer
  /** Copies a completed job's result into `output`, once. */
  takeInto(id: number, output: NumericArray): void
  /** Forgets a job that was cancelled, that failed, or that wrote into shared memory. */
  discard(id: number): void
}

/** The exports of the addon. */
export interface Binding {
  /** One pass on every core; returns when it is done. `float16` is a mask as for `submit`. */
  elementwise(
    operation: number,
    float16: number,
    output: NumericArray,
    ...operands: (NumericArray | number | bigint)[]
  ): void
  /** Memory for a result, contents unspecified; null: ordinary memory is to be used. */
  lend(bytes: number): ArrayBuffer | null
  /** Asks for huge pages under an ordinary array that was not written yet. */
  advise(array: NumericArray): void
  /** Gives memory that is kept for the next result back to the system. */
  trim(): void
  /** Bytes that may be lent at a time. */
  setMemoryLimit(bytes: number): void
  /** Counters of the allocator. */
  memoryStats(): { fresh: number; recycled: number; returned: number; kept: number; out: number }
  /** Threads that a synchronous call may use. */
  poolSize(): number
  /** Another number of threads; none given: as many as the machine allows. */
  resizePool(threads?: number): void
  /** Counters of the pool. */
  poolStats(): { jobs: number; chunks: number; wakes: number; parks: number }
  /** The machine; `quota` absent: no limit. */
  topology(): {
    cpus: number
    usable: number[]
    quota?: number
    pinned: number[]
    simd: string
    caches: Record<string, number>
  }
  /**
   * Ends this process with its parent, of that pid, however the parent ends; at once when it has ended. False: this
   * system cannot.
   */
  endWithParent(pid: number): boolean
  readonly Jobs: new (onEvents: (events: JobEvent[]) => void) => NativeJobs
}

const require = createRequire(import.meta.url)

function load(): Binding | null {
  const wanted = process.env['COREPOOL_BINDING']
  if (wanted === 'none') return null
  if (wanted !== undefined && wanted !== '') {
    // From where the program runs: a relative path would otherwise be one of this package's files.
    const path = resolve(wanted)
    try {
      return checked(require(path))
    } catch (cause) {
      throw bindingNotLoaded(path, cause)
    }
  }
  const path = installed()
  if (path === undefined) return null
  try {
    return checked(require(path))
  } catch {
    // An addon that does not load here leaves plain JavaScript, which gives the same values.
    return null
  }
}

/** A module of the right shape: what else has loaded is no addon of this version. */
function checked(module: unknown): Binding {
  const exports = module as { readonly [name: string]: unknown } | null
  const missing = ['elementwise', 'endWithParent', 'Jobs', 'lend'].filter(
    (name) => typeof exports?.[name] !== 'function',
  )
  if (missing.length > 0)
    throw new TypeError(`it is no addon of this version of corepool: it has no ${missing.join(', no ')}`)
  return module as Binding
}

/** The addon built for this platform, beside this module. */
function installed(): string | undefined {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const prefix = `corepool.${process.platform}-${process.arch}`
  const name = readdirSync(folder).find((file) => file.startsWith(prefix) && file.endsWith('.node'))
  return name === undefined ? undefined : join(folder, name)
}

/** The addon; null when plain JavaScript runs. */
export const binding: Binding | null = load()
