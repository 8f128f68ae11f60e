/** The block VM against loops fused by hand, both in Rust, on the same threads and the same memory. */
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { limitOf, type Probe } from '../../harness/probe.ts'
import { length, type Cell } from '../../harness/report.ts'
import type { Alternation } from '../../harness/rounds.ts'
import { median, ratioOfMedians, type Estimate } from '../../harness/statistics.ts'

const lengths = [1e7, 1e6, 1e5, 1e3]

/** Where the fused loops must show what they are worth. */
const LARGE = 1e7

/** The fused loops must reach this share of the limit probe's speed, or they are no measure. */
const FUSED_BAR = 0.95

/** The expressions of bench/vm-against-fused, with their bars at 1e7; the probe knows the cube too. */
const CUBE = 'a*a*a'
const expressions = [
  { name: '2a+3b', bar: 'kernels/fused-linear-1e7' },
  { name: CUBE, bar: 'kernels/fused-cube-1e7' },
  { name: '((.25a+.75)a-1.5)a-2', bar: 'kernels/fused-polynomial-1e7' },
] as const
const SMALL_BAR = 'kernels/fused-1e5'

interface Point {
  readonly name: string
  readonly n: number
  readonly ratio: Estimate
  readonly stores: string
  readonly doubt: string | undefined
}

function points(rounds: Alternation, n: number): Point[] {
  return expressions.map(({ name }) => {
    const { stores, samples } = limitOf(name, rounds.samples, 'comparison')
    const vm = limitOf(`vm ${name}`, rounds.samples, 'comparison').samples
    return { name, n, stores, ratio: ratioOfMedians(vm, samples), doubt: doubtOf(rounds) }
  })
}

function rows(rounds: Alternation, n: number): Cell[][] {
  return points(rounds, n).map(({ name, stores, ratio }) => {
    const vm = median(limitOf(`vm ${name}`, rounds.samples, 'comparison').samples) / n
    return [name, vm, vm / ratio.value, stores, ratio.value, ratio.low, ratio.high]
  })
}

/** Why the fused loops are no measure; undefined where they keep up with the probe. */
export function doubtOfLoops({ samples }: Pick<Alternation, 'samples'>): string | undefined {
  const fused = median(limitOf(CUBE, samples, 'comparison').samples)
  const share = median(limitOf('cube', samples).samples) / fused
  return share >= FUSED_BAR
    ? undefined
    : `the fused loop reaches ${share.toFixed(2)} of the limit probe, less than ${FUSED_BAR}`
}

async function compareAll(bench: Bench, comparison: Probe, probe: Probe): Promise<void> {
  const all: Point[] = []
  let doubt: string | undefined
  for (const n of lengths) {
    const asked = [{ name: 'comparison', sample: () => comparison.round(n) }]
    if (n === LARGE) asked.push({ name: 'probe', sample: () => probe.round(n) })
    const rounds = await bench.compare(asked)
    all.push(...points(rounds, n))
    if (n === LARGE) doubt = doubtOfLoops(rounds)
    bench.table({
      title: `The block VM against fused loops, n = ${length(n)}, nanoseconds an element`,
      columns: ['', 'VM', 'fused', 'stores', '× fused', 'low', 'high'],
      rows: rows(rounds, n),
    })
  }
  for (const { name, bar } of expressions) {
    const point = all.find((one) => one.name === name && one.n === LARGE)
    if (point !== undefined) bench.figure(bar, point.ratio, `fused: ${point.stores}`, point.doubt, doubt)
  }
  const [worst] = all.filter(({ n }) => n === 1e5).toSorted((a, b) => b.ratio.value - a.ratio.value)
  if (worst !== undefined) bench.figure(SMALL_BAR, worst.ratio, `most: ${worst.name}`, worst.doubt, doubt)
}

export async function fusedLoops(bench: Bench): Promise<void> {
  const comparison = await bench.startProbe(lengths, { program: 'vm-against-fused' })
  const probe = await bench.startProbe([LARGE])
  try {
    if (comparison !== null && probe !== null) await compareAll(bench, comparison, probe)
    else
      bench.missed(
        [...expressions.map(({ bar }) => bar), SMALL_BAR],
        bench.missingProbe(comparison === null ? 'vm-against-fused' : 'limit-probe'),
      )
  } finally {
    await comparison?.end()
    await probe?.end()
  }
}
