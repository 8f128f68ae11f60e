/**
 * The threads of the native pool, and the machine under them: `cores.size`, `cores.resize(4)`, `cores.topology()`,
 * `cores.stats()`. Nothing here starts the pool: its first job does. Without the addon there is one thread, this one.
 */
import { fromNative, invalidType, invalidValue } from '../errors/index.ts'
import type { Binding } from './binding.ts'
import { binding, requireBinding } from './loaded.ts'

/** What the machine has, as this process may use it. CPUs are named by the numbers that the system gives them. */
export interface Topology {
  /** All CPUs of the machine. */
  readonly cpus: number
  /** The CPUs that this process may use (its affinity set), ascending. */
  readonly usable: readonly number[]
  /** CPUs' worth of time that the control groups allow, such as 1.5; null: no limit. */
  readonly quota: number | null
  /** The CPUs on which threads of the pool are kept; none before its first job, or where they are not pinned. */
  readonly pinned: readonly number[]
  /** The vector instructions that kernels may use: 'sse2', 'avx2', 'avx512', 'neon' or 'none'. */
  readonly simd: string
  /** Bytes of each cache ('L1d', 'L1i', 'L2', 'L3'), the smallest where CPUs differ; empty where the system does not say. */
  readonly caches: Readonly<Record<string, number>>
  /** What the system refused when the pool's threads were started, though the pool works: to pin them, or some of them; null: nothing. */
  readonly diagnostic: string | null
}

/** How many CPUs there are, how many of them this process may use, and its quota as in `Topology`. */
export interface CpuCounts {
  readonly cpus: number
  readonly usable: number
  readonly quota: number | null
}

/**
 * Counters of the pool and of the memory that its results are made of. All only grow, but for `kept` and `out`.
 *
 * - `jobs`, `chunks`: what the pool ran; `wakes`, `parks`: threads woken for a job, and gone to sleep after the last
 * - `fresh`, `recycled`, `returned`: large results in new memory, in memory used before, and those that came back
 * - `kept`, `out`: bytes kept for the next result, and bytes that results hold, now
 */
export interface CoreStats {
  readonly [counter: string]: number
}

/** The native pool of this process. */
export interface Cores {
  /**
   * Threads that a call may use, the caller included; 1 without the native addon.
   * @throws CorepoolError `ERR_INVALID_ARG_VALUE` when COREPOOL_THREADS or COREPOOL_PIN means nothing
   */
  readonly size: number
  /**
   * Gives the pool another number of threads. Calls that run meanwhile, of this thread or of others, give the same results.
   * @param threads from 1 to 4,096; absent: as many as the machine now allows (affinity set and quota are read again)
   * @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`; `ERR_SPAWN_FAILED` when no thread can be started, or
   * fewer than there are: the pool then stays as it was; `ERR_BINDING_LOAD` for more than one without the native addon: why there is none, and
   * the command that mends it
   */
  resize(threads?: number): void
  /**
   * What the machine has now. Reads files: not for every call.
   * @throws CorepoolError `ERR_INVALID_ARG_VALUE` when COREPOOL_SIMD means nothing
   */
  topology(): Topology
  /** What the pool has done since the process began. */
  stats(): CoreStats
}

/** More threads are a mistake: each would cost a stack and a start for nothing. */
const MAX_THREADS = 4096

function checkThreads(threads: unknown): number | undefined {
  if (threads === undefined) return undefined
  if (typeof threads !== 'number') throw invalidType('threads', 'a number or absent', threads)
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw invalidValue('threads', `a whole number from 1 to ${MAX_THREADS}`, threads)
  }
  return threads
}

/** What the addon throws, in the tree of this package. */
function asked<R>(question: () => R): R {
  try {
    return question()
  } catch (error) {
    throw fromNative(error)
  }
}

function frozen({ cpus, usable, quota, pinned, simd, caches, diagnostic }: Topology): Topology {
  return Object.freeze({
    cpus,
    usable: Object.freeze([...usable]),
    quota,
    pinned: Object.freeze([...pinned]),
    simd,
    caches: Object.freeze({ ...caches }),
    diagnostic,
  })
}

function nativeCores(addon: Binding): Cores {
  return {
    get size() {
      return asked(() => addon.poolSize())
    },
    resize(threads) {
      const checked = checkThreads(threads)
      asked(() => addon.resizePool(checked))
    },
    topology() {
      // Without prototype: what the addon leaves out could be inherited.
      const topology = Object.assign(
        Object.create(null) as object,
        asked(() => addon.topology()),
      )
      return frozen({ ...topology, quota: topology.quota ?? null, diagnostic: topology.diagnostic ?? null })
    },
    stats: () => Object.freeze({ ...addon.poolStats(), ...addon.memoryStats() }),
  }
}

function nativeCpuCounts(addon: Binding): CpuCounts {
  const quota = addon.cpus(2)
  return { cpus: addon.cpus(0), usable: addon.cpus(1), quota: Number.isNaN(quota) ? null : quota }
}

function plainCpuCounts(): CpuCounts {
  const { availableParallelism, cpus } = process.getBuiltinModule('node:os')
  const usable = availableParallelism()
  return { cpus: Math.max(cpus().length, usable), usable, quota: null }
}

/** The calling thread is all there is, and what Node knows of the machine. */
const plainCores: Cores = {
  size: 1,
  resize(threads) {
    const checked = checkThreads(threads)
    // One thread is what there is; more would be promised for nothing.
    if (checked !== undefined && checked > 1) requireBinding(`cores.resize(${checked})`)
  },
  topology() {
    const { cpus, usable: count, quota } = plainCpuCounts()
    const usable = Array.from({ length: count }, (_, cpu) => cpu)
    return frozen({ cpus, usable, quota, pinned: [], simd: 'none', caches: {}, diagnostic: null })
  },
  stats: () =>
    Object.freeze({ jobs: 0, chunks: 0, wakes: 0, parks: 0, fresh: 0, recycled: 0, returned: 0, kept: 0, out: 0 }),
}

/**
 * The threads of the native pool.
 * @example cores.resize(2); cores.size // 2
 */
export const cores: Cores = Object.freeze(binding === null ? plainCores : nativeCores(binding))

/** The CPUs, as `cores.topology()` counts them; also where a variable that is about the kernels means nothing. */
export function cpuCounts(): CpuCounts {
  return binding === null ? plainCpuCounts() : nativeCpuCounts(binding)
}
