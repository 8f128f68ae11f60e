/** What a run prints, and what it writes with --json. */
import { judge, type Bar, type Figure, type JudgedBar } from './bars.ts'

export type Cell = string | number

/** Rows under a heading; the first column is what the row is about. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly Cell[]>
}

/** Three significant digits, but no more than needed, and 1e+8 as 1e8. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e5) return String(value)
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(2).replace(/\.?0*e\+?/, 'e')
  return size >= 100
    ? value.toFixed(0)
    : size >= 10
      ? value.toFixed(1)
      : size >= 1
        ? value.toFixed(2)
        : value.toFixed(3)
}

/** A length as its power of ten: 1e8. */
export function length(n: number): string {
  return n < 1e3 ? String(n) : n.toExponential(0).replace('+', '')
}

/** The table in columns of equal width, numbers to the right. */
export function formatTable({ title, columns, rows }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? short(cell) : cell)))]
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return `${title}\n${cells.map((row) => `  ${line(row).trimEnd()}`).join('\n')}\n`
}

/** The figure with its spread, in the unit of its bar. */
function formatFigure({ value, low, high }: Figure, unit: string): string {
  return `${short(value)} (${short(low)} … ${short(high)}) ${unit}`
}

/** One bar in two lines: the verdict, the figure and the threshold; then the promise. */
export function formatBar({ bar, figure, verdict, reason }: JudgedBar): string {
  const sign = bar.direction === 'at most' ? '≤' : '≥'
  const found = figure === undefined || Number.isNaN(figure.value) ? 'no figure' : formatFigure(figure, bar.unit)
  const notes = [figure?.note, reason].filter((note) => note !== undefined)
  const end = notes.length > 0 ? `; ${notes.join('; ')}` : ''
  return (
    `  ${verdict.padEnd(10)}  ${bar.id}: ${found}, bar ${sign} ${bar.threshold} ${bar.unit}${end}\n` +
    `              issue ${bar.issue}: ${bar.wording}\n`
  )
}

/** Judges each bar; a doubt about the whole run is one about each figure. */
export function judgeAll(bars: readonly Bar[], figures: readonly Figure[], doubt: string | undefined): JudgedBar[] {
  return bars.map((bar) => {
    const figure = figures.find((candidate) => candidate.bar === bar.id)
    return judge(bar, figure && doubt !== undefined ? { ...figure, doubt } : figure)
  })
}

/** All bars and how many were met. */
export function formatBars(judged: readonly JudgedBar[]): string {
  const count = (verdict: string): number => judged.filter((one) => one.verdict === verdict).length
  const sum = `${count('pass')} pass, ${count('fail')} fail, ${count('not judged')} not judged`
  return `Bars: ${sum}\n${judged.map((one) => formatBar(one)).join('')}`
}
