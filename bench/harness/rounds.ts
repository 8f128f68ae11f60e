/**
 * Alternating rounds: each contender is sampled once in every round, so that what changes slowly (clock speed, other
 * machines on the same host) hits all alike; the order turns around from round to round. Rounds in which other work ran are
 * dropped and repeated, as long as there is time for that.
 */
import { isDisturbed, WINDOW, type Gate } from './gate.ts'

/** One of the things that are compared. */
export interface Contender {
  readonly name: string
  /** Measures once; the unit is the caller's. */
  readonly sample: () => Sample | Promise<Sample>
}

/** What a contender measures in a round: one thing, one thing several times in a row, or several things by name. */
export type Sample = number | readonly number[] | ReadonlyMap<string, number>

/** What the rounds gave. */
export interface Alternation {
  /** The samples by round: those of a contender by its name, and of one that measures several things by `name thing`. */
  readonly samples: ReadonlyMap<string, readonly number[]>
  of(name: string): readonly number[]
  /** Undisturbed rounds, of those that were run. */
  readonly kept: number
  readonly run: number
  /** False: too few rounds were undisturbed, and the samples are those of all rounds. */
  readonly isQuiet: boolean
}

/** Time for repeating rounds that were disturbed, shared by all comparisons of a program, in milliseconds. */
export class Patience {
  #left: number

  constructor(time: number) {
    this.#left = time
  }

  /** Takes from what is left; false when there was nothing. */
  spend(time: number): boolean {
    const had = this.#left > 0
    this.#left -= time
    return had
  }
}

interface Round {
  readonly samples: ReadonlyMap<string, readonly number[]>
  isKept: boolean
}

/** No comparison runs more than this many times the rounds that it needs: others need patience too. */
const MOST = 3

/** Runs rounds until `wanted` of them were undisturbed, or the patience is at its end. */
export async function alternate(
  contenders: readonly Contender[],
  { wanted, gate, patience }: { readonly wanted: number; readonly gate: Gate; readonly patience: Patience },
): Promise<Alternation> {
  const rounds: Round[] = []
  let kept = 0
  while (kept < wanted) {
    const before = gate.read()
    const start = performance.now()
    const window: Round[] = []
    do {
      window.push({ samples: await oneRound(contenders, rounds.length + window.length), isKept: true })
      // A last window that is short has a coarse verdict: at worst a few rounds too many are repeated.
    } while (performance.now() - start < WINDOW && kept + window.length < wanted)
    const after = gate.read()
    const isQuiet = before === null || after === null || !isDisturbed(before, after)
    for (const round of window) round.isKept = isQuiet
    if (isQuiet) kept += window.length
    rounds.push(...window)
    // The first `wanted` rounds cost what was planned; those beyond are paid from the patience.
    if (kept < wanted && rounds.length >= wanted) {
      const goesOn = patience.spend(performance.now() - start) && rounds.length < MOST * wanted
      if (!goesOn) break
    }
  }
  const isQuiet = kept >= wanted
  const samples = new Map<string, number[]>()
  for (const round of isQuiet ? rounds.filter(({ isKept }) => isKept) : rounds) {
    for (const [name, values] of round.samples) samples.set(name, [...(samples.get(name) ?? []), ...values])
  }
  return { samples, of: (name) => samples.get(name) ?? [], kept, run: rounds.length, isQuiet }
}

async function oneRound(contenders: readonly Contender[], round: number): Promise<Map<string, readonly number[]>> {
  const samples = new Map<string, readonly number[]>()
  for (const { name, sample } of round % 2 === 0 ? contenders : contenders.toReversed()) {
    const measured = await sample()
    if (typeof measured === 'number') samples.set(name, [measured])
    else if (measured instanceof Map) for (const [thing, value] of measured) samples.set(`${name} ${thing}`, [value])
    else samples.set(name, measured as readonly number[])
  }
  return samples
}

/** A sample lasts at least this long, in milliseconds: thousands of times what reading the clock costs. */
const SAMPLE = 2

/**
 * A contender that runs `times` calls in one loop; its sample is nanoseconds a call. It is warmed up first, and the number
 * of calls found that fills a sample.
 */
export function repeated(name: string, run: (times: number) => void): Contender {
  const times = timesOf(run)
  return { name, sample: () => (milliseconds(run, times) * 1e6) / times }
}

/**
 * The same, for what is compared with a contender that is warm: `first` is a first call after what others did in the round, and
 * `warm` a sample after `uncounted` calls, of which that one is the first.
 */
export function repeatedWarm(name: string, uncounted: number, run: (times: number) => void): Contender {
  const times = timesOf(run)
  const sample = (): Sample => {
    const first = milliseconds(run, 1) * 1e6
    run(uncounted - 1)
    return new Map([
      ['first', first],
      ['warm', (milliseconds(run, times) * 1e6) / times],
    ])
  }
  return { name, sample }
}

/**
 * How many calls fill a sample: the shorter of two runs does, since a first call may load what it needs for as long as a sample lasts,
 * and single calls that V8 never gets round to compiling would then be all that is measured.
 */
function timesOf(run: (times: number) => void): number {
  let times = 1
  // The second condition ends it for calls that cost nothing at all.
  while (Math.min(milliseconds(run, times), milliseconds(run, times)) < SAMPLE && times < 2 ** 30) times *= 2
  return times
}

function milliseconds(run: (times: number) => void, times: number): number {
  const start = performance.now()
  run(times)
  return performance.now() - start
}
