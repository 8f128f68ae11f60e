/**
 * Outputs that nobody allocated before: what the memory system is for. Each contender has a process of its own, because what one
 * leaves to its garbage collector must not be paid by another; they take turns.
 */
import { AskedChild } from '../../harness/children.ts'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import type { FreshQuestion } from '../../children/fresh-output.ts'
import type { Cell } from '../../harness/report.ts'
import { median, ratioOfMedians } from '../../harness/statistics.ts'

/** The two groups of a round of which only the second counts. */
const PAUSED = 'after a pause'
const COUNTED = 'going on'

/**
 * `turning`: every call is followed by a turn of the event loop, whose time counts; so many calls that several collections fall among
 * them, as in a program that goes on. The first group of each round is shown apart: while the others had their turn the contender was
 * idle for more than a second, after which the library keeps no memory, and a program that goes on has no such pause.
 * `synchronous`: one long loop; it must hand out far more than the library recycles without a turn.
 */
const modes = {
  turning: {
    rounds: 30,
    groups: [PAUSED, COUNTED],
    kernel: { groups: 2, calls: 12 },
    loop: { groups: 2, calls: 4 },
    map: { groups: 2, calls: 2 },
  },
  synchronous: {
    rounds: 4,
    groups: null,
    kernel: { groups: 8, calls: 4 },
    loop: { groups: 8, calls: 1 },
    map: { groups: 8, calls: 1 },
  },
} as const

const contenders = ['kernel', 'loop', 'map'] as const

async function measure(bench: Bench, mode: keyof typeof modes): Promise<void> {
  const n = bench.choose(1e6, 1e7)
  const { rounds: wanted, groups, ...counts } = modes[mode]
  const children = contenders.map((name) => ({
    name,
    child: new AskedChild<FreshQuestion, readonly number[]>('fresh-output', [name, String(n)], bench.settings.gate),
  }))
  try {
    const ask = children.map(({ name, child }) => ({
      name,
      sample: async () => {
        const values = await child.ask({ mode, ...counts[name] })
        return groups === null ? values : new Map(values.map((value, group) => [groups[group] ?? '', value]))
      },
    }))
    // Each child checks its values before and after what it times; the first answers are its warm-up.
    for (const { sample } of ask) await sample()
    const rounds = await bench.compare(ask, bench.choose(1, wanted))
    const samplesOf = (name: (typeof contenders)[number], group: string): readonly number[] =>
      rounds.of(groups === null ? name : `${name} ${group}`)
    const slower = (group: string) => {
      const kernel = samplesOf('kernel', group)
      return {
        loop: ratioOfMedians(samplesOf('loop', group), kernel),
        map: ratioOfMedians(samplesOf('map', group), kernel),
      }
    }
    const time = (name: (typeof contenders)[number], group: string): number => median(samplesOf(name, group)) / n
    const rowsOf = (group: string, { loop, map }: ReturnType<typeof slower>, note = ''): Cell[][] => [
      [`kernel${note}`, time('kernel', group), '', '', ''],
      [`loop into new Float64Array${note}`, time('loop', group), loop.value, loop.low, loop.high],
      [`xs.map${note}`, time('map', group), map.value, map.low, map.high],
    ]
    const counted = slower(COUNTED)
    bench.table({
      title: `Fresh output, square, float64, n = ${n.toExponential(0)}, ${mode === 'turning' ? 'the event loop turning' : 'in one synchronous loop'}`,
      columns: ['', 'ns/element', '× slower', 'low', 'high'],
      rows: [...rowsOf(COUNTED, counted), ...(groups === null ? [] : rowsOf(PAUSED, slower(PAUSED), `, ${PAUSED}`))],
    })
    for (const name of ['loop', 'map'] as const) {
      bench.figure(`core/fresh-${mode}-${name}`, counted[name], undefined, doubtOf(rounds))
    }
  } finally {
    for (const { child } of children) await child.end()
  }
}

export async function freshOutputs(bench: Bench): Promise<void> {
  await measure(bench, 'turning')
  await measure(bench, 'synchronous')
}
