/**
 * Rust programs that measure, and answer one round at a time, so that their rounds alternate with ours: the limit probe
 * (bench/limit-probe) says how fast this machine's memory and threads can be, and counts only where its own copy keeps up with
 * memcpy; the other compares the block VM with fused loops (bench/vm-against-fused).
 */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Gate } from './gate.ts'
import { median } from './statistics.ts'

export type ProbeProgram = 'limit-probe' | 'vm-against-fused'

interface Answer {
  readonly cpu: number
  /** Nanoseconds an element, by operation and kind of store. */
  readonly ns: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** The probe's copy must reach this share of memcpy's speed, or the probe is no limit. */
const COPY_BAR = 0.95

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Builds a program and gives its path, or the reason why there is none. */
export function buildProbe(program: ProbeProgram): { readonly path: string } | { readonly missing: string } {
  const name = `corepool-${program}`
  const args = ['build', '--release', '--locked', '-p', name, '--message-format', 'json-render-diagnostics']
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 } as const
  const { status, stdout, error } = spawnSync('cargo', args, { ...options, stdio: [...options.stdio] })
  if (error !== undefined) return { missing: `no ${program}: cargo cannot be run` }
  if (status !== 0) return { missing: `no ${program}: building it failed` }
  for (const line of stdout.split('\n').filter(Boolean)) {
    const { executable, target } = JSON.parse(line) as { executable?: string | null; target?: { name?: string } }
    if (executable && target?.name === name) return { path: executable }
  }
  return { missing: `no ${program}: cargo named no program` }
}

/** Such a program that runs, with buffers for these lengths. */
export class Probe {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface
  readonly #gate: Gate
  readonly #used = new Set<number>()

  private constructor(
    path: string,
    lengths: readonly number[],
    threads: number | undefined,
    reads: boolean,
    gate: Gate,
  ) {
    const some = [...(reads ? ['--reads'] : []), ...(threads === undefined ? [] : ['--threads', String(threads)])]
    this.#child = spawn(path, [...some, ...lengths.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface(this.#child.stdout)
    this.#gate = gate
  }

  /** Starts one, and checks all values that it computes. `threads` absent: one on each usable CPU; `reads`: it reads two arrays only. */
  static async start(
    path: string,
    {
      lengths,
      threads,
      reads = false,
      gate,
    }: { lengths: readonly number[]; threads?: number; reads?: boolean; gate: Gate },
  ): Promise<Probe> {
    const probe = new Probe(path, lengths, threads, reads, gate)
    await probe.#line()
    for (const n of lengths) await probe.#ask(`check ${n}`)
    return probe
  }

  /** One round: everything once, warm. Nanoseconds a pass, by operation and kind of store: `square avx2`. */
  round(n: number): Promise<ReadonlyMap<string, number>> {
    return this.#measure('round', n)
  }

  /** The same of single passes, each after a millisecond that the thread spent computing. */
  paused(n: number): Promise<ReadonlyMap<string, number>> {
    return this.#measure('paused', n)
  }

  async #measure(what: 'round' | 'paused', n: number): Promise<ReadonlyMap<string, number>> {
    const { cpu, ns } = JSON.parse(await this.#ask(`${what} ${n}`)) as Answer
    this.#gate.report(cpu)
    this.#used.add(n)
    const samples = Object.entries(ns).flatMap(([operation, byStores]) =>
      Object.entries(byStores).map(([stores, each]): [string, number] => [`${operation} ${stores}`, each * n]),
    )
    return new Map(samples)
  }

  /** Checks all values again and ends the program. */
  async end(): Promise<void> {
    for (const n of this.#used) await this.#ask(`check ${n}`)
    const exited = once(this.#child, 'exit')
    this.#child.stdin.end()
    await exited
  }

  async #ask(command: string): Promise<string> {
    const line = this.#line()
    this.#child.stdin.write(`${command}\n`)
    return line
  }

  async #line(): Promise<string> {
    const ended = new AbortController()
    const closed = once(this.#lines, 'close', { signal: ended.signal }).then(() => {
      throw new Error('a probe ended before it answered')
    })
    closed.catch(() => {})
    const read = once(this.#lines, 'line', { signal: ended.signal })
    read.catch(() => {})
    try {
      const [line] = (await Promise.race([read, closed])) as [string]
      return line
    } finally {
      ended.abort()
    }
  }
}

/** The limit that a set of rounds shows. */
export interface Limit {
  /** The kind of store that is fastest, by its median. */
  readonly stores: string
  /** Its samples, by round. */
  readonly samples: readonly number[]
}

/** The fastest kind of store of an operation, from the samples of the contender that asks the program. */
export function limitOf(
  operation: string,
  samples: ReadonlyMap<string, readonly number[]>,
  contender: 'probe' | 'comparison' = 'probe',
): Limit {
  const prefix = `${contender} ${operation} `
  const ofOperation = [...samples].filter(([name]) => name.startsWith(prefix))
  const [best] = ofOperation.toSorted(([, a], [, b]) => median(a) - median(b))
  if (best === undefined) throw new Error(`the ${contender} has no routine for ${operation}`)
  return { stores: best[0].slice(prefix.length), samples: best[1] }
}

/** The speed of the probe's own copy as a share of memcpy's, on the same threads and bytes. */
export function copyShare(samples: ReadonlyMap<string, readonly number[]>): number {
  return median(limitOf('memcpy', samples).samples) / median(limitOf('copy', samples).samples)
}

/** Why a probe is no limit, given that share; undefined where it is one. */
export function doubtOfProbe(share: number): string | undefined {
  return share >= COPY_BAR ? undefined : `the probe's copy reaches ${share.toFixed(2)} of memcpy, less than ${COPY_BAR}`
}
