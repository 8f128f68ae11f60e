/** One run of a suite: what measurements use, and what they leave behind. */
import type { Bar, Figure } from './bars.ts'
import type { Gate } from './gate.ts'
import { isDisturbed } from './gate.ts'
import { Probe, type ProbeProgram } from './probe.ts'
import { formatTable, type Table } from './report.ts'
import { alternate, type Alternation, type Contender, type Patience } from './rounds.ts'
import type { Estimate } from './statistics.ts'

/** A part of a suite; it prints its tables, and gives a figure for each of its bars. */
export interface Measurement {
  readonly name: string
  readonly run: (bench: Bench) => Promise<void>
}

export interface Settings {
  /** Few sizes and samples: shows that everything runs, and judges nothing. */
  readonly smoke: boolean
  /** Undisturbed rounds that a comparison needs. */
  readonly rounds: number
  readonly gate: Gate
  readonly patience: Patience
  readonly bars: readonly Bar[]
  /** The paths of Rust programs, or why there are none. */
  readonly probe: (program: ProbeProgram) => { readonly path: string } | { readonly missing: string }
}

export class Bench {
  readonly figures: Figure[] = []
  readonly tables: Table[] = []
  readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }

  get smoke(): boolean {
    return this.settings.smoke
  }

  /** What is measured in a smoke run, or what is in a full one. */
  choose<T>(smoke: T, full: T): T {
    return this.settings.smoke ? smoke : full
  }

  /** Alternates the contenders until enough rounds were undisturbed. */
  compare(contenders: readonly Contender[], wanted = this.settings.rounds): Promise<Alternation> {
    return alternate(contenders, { wanted, gate: this.settings.gate, patience: this.settings.patience })
  }

  /** Does something that cannot be cut into rounds; again while it is disturbed and there is patience. */
  async watch<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly doubt?: string }> {
    const { gate, patience } = this.settings
    for (;;) {
      const start = performance.now()
      const before = gate.read()
      const value = await work()
      const after = gate.read()
      if (before === null || after === null || !isDisturbed(before, after)) return { value }
      if (!patience.spend(performance.now() - start)) return { value, doubt: 'other work ran' }
    }
  }

  /** Starts a Rust program that answers rounds; null where there is none. Whoever starts it ends it. */
  async startProbe(
    lengths: readonly number[],
    { program = 'limit-probe', threads, reads }: { program?: ProbeProgram; threads?: number; reads?: boolean } = {},
  ): Promise<Probe | null> {
    const { probe, gate } = this.settings
    const built = probe(program)
    if ('missing' in built) return null
    return Probe.start(built.path, {
      lengths,
      gate,
      ...(threads !== undefined && { threads }),
      ...(reads && { reads }),
    })
  }

  /** Why there is no such program. */
  missingProbe(program: ProbeProgram = 'limit-probe'): string {
    const built = this.settings.probe(program)
    return 'missing' in built ? built.missing : ''
  }

  threshold(bar: string): number {
    return this.#bar(bar).threshold
  }

  table(table: Table): void {
    this.tables.push(table)
    console.log(formatTable(table))
  }

  /** The figure of a bar; of several doubts the first counts. */
  figure(bar: string, estimate: Estimate, note?: string, ...doubts: ReadonlyArray<string | undefined>): void {
    const doubt = doubts.find((reason) => reason !== undefined)
    const figure = { ...estimate, bar: this.#bar(bar).id, ...(note !== undefined && { note }) }
    this.figures.push(doubt === undefined ? figure : { ...figure, doubt })
  }

  /** Bars that could not be measured, and why. */
  missed(bars: readonly string[], reason: string): void {
    for (const bar of bars)
      this.figure(bar, { value: Number.NaN, low: Number.NaN, high: Number.NaN, samples: 0 }, undefined, reason)
  }

  #bar(id: string): Bar {
    const bar = this.settings.bars.find((one) => one.id === id)
    if (bar === undefined) throw new Error(`bench/bars.json has no bar ${id}`)
    return bar
  }
}

/** Why samples are in doubt; undefined when they are not. */
export function doubtOf({ isQuiet, kept, run }: Alternation): string | undefined {
  return isQuiet ? undefined : `other work ran: ${kept} of ${run} rounds were undisturbed`
}
