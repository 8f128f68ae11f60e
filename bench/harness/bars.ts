/**
 * The bars: what each issue promised of speed, in bench/bars.json, and whether a figure meets it. A threshold there is loosened
 * only by a commit that says so (scripts/check-bars.mjs).
 */
import { readFileSync } from 'node:fs'
import type { Estimate } from './statistics.ts'

export interface Bar {
  /** The issue that set it. */
  readonly issue: number
  /** `suite/name`. */
  readonly id: string
  readonly wording: string
  readonly threshold: number
  readonly direction: 'at most' | 'at least'
  readonly unit: string
}

/** What was measured for a bar. */
export interface Figure extends Estimate {
  readonly bar: string
  /** Where, or of what: `cube, n = 5e3`. */
  readonly note?: string
  /** Why no verdict is given although there is a figure. */
  readonly doubt?: string
}

export type Verdict = 'pass' | 'fail' | 'not judged'

export interface JudgedBar {
  readonly bar: Bar
  readonly figure: Figure | undefined
  readonly verdict: Verdict
  /** Why it is not judged. */
  readonly reason?: string
}

/** Reads a list of bars; throws an Error that names the entry and what is wrong with it. */
export function parseBars(json: string): Bar[] {
  const list: unknown = JSON.parse(json)
  if (!Array.isArray(list)) throw new Error('bars.json is not a list')
  const ids = new Set<unknown>()
  return list.map((entry: Partial<Record<keyof Bar, unknown>>, i) => {
    const { issue, id, wording, threshold, direction, unit } = entry
    const wrong = (what: string): Error => new Error(`bars.json, entry ${i} (${String(id)}): ${what}`)
    const extra = Object.keys(entry).length - 6
    if (typeof issue !== 'number' || !Number.isInteger(issue) || issue < 1) throw wrong('issue is not a number of one')
    if (typeof id !== 'string' || !/^[a-z]+\/[a-z0-9-]+$/.test(id)) throw wrong('id is not of the form suite/name')
    if (ids.has(id)) throw wrong('another bar has that id')
    if (typeof wording !== 'string' || wording === '') throw wrong('wording is missing')
    if (typeof threshold !== 'number' || !Number.isFinite(threshold)) throw wrong('threshold is not a finite number')
    if (direction !== 'at most' && direction !== 'at least')
      throw wrong('direction is neither "at most" nor "at least"')
    if (typeof unit !== 'string' || unit === '') throw wrong('unit is missing')
    if (extra !== 0) throw wrong('there are other fields')
    ids.add(id)
    return { issue, id, wording, threshold, direction, unit }
  })
}

/** The bars of one suite, from bench/bars.json. */
export function barsOf(suite: string): Bar[] {
  // From build/bench/harness/ as from bench/harness/: the list is data, and is not compiled.
  const folders = ['../bars.json', '../../../bench/bars.json'].map((path) => new URL(path, import.meta.url))
  for (const url of folders) {
    try {
      return parseBars(readFileSync(url, 'utf8')).filter((bar) => bar.id.startsWith(`${suite}/`))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new Error('bench/bars.json is missing')
}

/** Judges a bar by its figure, or says why it is not judged. */
export function judge(bar: Bar, figure: Figure | undefined): JudgedBar {
  if (figure === undefined) return { bar, figure, verdict: 'not judged', reason: 'it was not measured' }
  if (figure.doubt !== undefined) return { bar, figure, verdict: 'not judged', reason: figure.doubt }
  if (Number.isNaN(figure.value)) return { bar, figure, verdict: 'not judged', reason: 'the figure is not a number' }
  const isMet = bar.direction === 'at most' ? figure.value <= bar.threshold : figure.value >= bar.threshold
  return { bar, figure, verdict: isMet ? 'pass' : 'fail' }
}
