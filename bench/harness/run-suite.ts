/** Runs a suite: machine, measurements, bars, and the file of figures. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { barsOf, type JudgedBar } from './bars.ts'
import { Bench, type Measurement } from './bench.ts'
import { quietEnvironment } from './children.ts'
import type { Request } from './command-line.ts'
import { Gate } from './gate.ts'
import { describeMachine, machine, type Machine } from './machine.ts'
import { buildProbe } from './probe.ts'
import { formatBars, judgeAll, type Table } from './report.ts'
import { Patience } from './rounds.ts'

/** Undisturbed rounds of every comparison. */
const ROUNDS = 30

/** Milliseconds that a run may spend on repeating what was disturbed. */
const PATIENCE = 30_000

/** The runs that a file of figures holds: this Node, and the other one where there is one. */
export interface Figures {
  readonly runs: readonly RunFigures[]
}

export interface RunFigures {
  readonly suite: string
  readonly machine: Machine
  readonly rounds: number
  readonly smoke: boolean
  readonly bars: readonly JudgedBar[]
  readonly tables: readonly Table[]
  /** Measurements that threw, with their messages. */
  readonly broken: readonly string[]
}

/** Runs it and gives the exit code: 0 whether or not bars are met, 1 when something broke. */
export async function runSuite(suite: string, measurements: readonly Measurement[], request: Request): Promise<number> {
  const start = performance.now()
  const found = machine()
  console.log(`${describeMachine(found)}\n`)
  const probe = request.bars ? buildProbe : () => ({ missing: 'Rust programs are built with --bars' })
  const rounds = request.smoke ? 3 : ROUNDS
  const patience = new Patience(request.smoke ? 0 : PATIENCE)
  const bars = barsOf(suite)
  const bench = new Bench({ smoke: request.smoke, rounds, gate: new Gate(), patience, bars, probe })
  const broken: string[] = []
  for (const { name, run } of measurements) {
    try {
      await run(bench)
    } catch (error) {
      broken.push(`${name}: ${(error as Error).message}`)
      console.error(`The measurement "${name}" broke:`, error)
    }
  }
  const doubt = request.smoke
    ? 'a smoke run measures too little'
    : found.engine === 'js'
      ? 'there is no native addon'
      : undefined
  const judged = judgeAll(bars, bench.figures, doubt)
  if (request.bars) console.log(formatBars(judged))
  console.log(`Node ${found.node}: ${((performance.now() - start) / 1e3).toFixed(0)} s`)
  const figures = { suite, machine: found, rounds, smoke: request.smoke, bars: judged, tables: bench.tables, broken }
  const other = await runOnOtherNode(suite, request)
  if (request.json !== undefined) {
    const all: Figures = { runs: [figures, ...other.runs] }
    writeFileSync(request.json, `${JSON.stringify(all, null, 2)}\n`)
  }
  return broken.length > 0 || other.code !== 0 ? 1 : 0
}

/** The same suite in the Node that COREPOOL_BENCH_NODE names. */
async function runOnOtherNode(
  suite: string,
  { bars, smoke }: Request,
): Promise<{ readonly code: number; readonly runs: readonly RunFigures[] }> {
  const { COREPOOL_BENCH_NODE: node, ...env } = quietEnvironment()
  if (node === undefined || node === '') return { code: 0, runs: [] }
  const folder = mkdtempSync(join(tmpdir(), 'corepool-bench-'))
  try {
    const json = join(folder, 'figures.json')
    const options = [...(bars ? ['--bars'] : []), ...(smoke ? ['--smoke'] : []), '--json', json]
    console.log(`\nThe same in ${node}:`)
    const child = spawn(node, [process.argv[1] ?? '', suite, ...options], { env, stdio: 'inherit' })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code: code ?? 1, runs: (JSON.parse(readFileSync(json, 'utf8')) as Figures).runs }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
