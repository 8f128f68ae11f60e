/**
 * Outputs that nobody allocated before: what the memory system is for. Each contender has a process of its own, because what one
 * leaves to its garbage collector must not be paid by another; they take turns.
 */
import { AskedChild } from '../../harness/children.ts'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import type { FreshQuestion } from '../../children/fresh-output.ts'
import { median, ratioOfMedians } from '../../harness/statistics.ts'

/**
 * `turning`: every call is followed by a turn of the event loop, whose time counts; so many calls that several collections fall among
 * them, as in a program that goes on. `synchronous`: one long loop; it must hand out far more than the library recycles without a turn.
 */
const modes = {
  turning: {
    rounds: 30,
    kernel: { groups: 1, calls: 12 },
    loop: { groups: 1, calls: 4 },
    map: { groups: 1, calls: 2 },
  },
  synchronous: {
    rounds: 4,
    kernel: { groups: 8, calls: 4 },
    loop: { groups: 8, calls: 1 },
    map: { groups: 8, calls: 1 },
  },
} as const

const contenders = ['kernel', 'loop', 'map'] as const

async function measure(bench: Bench, mode: keyof typeof modes): Promise<void> {
  const n = bench.choose(1e6, 1e7)
  const { rounds: wanted, ...counts } = modes[mode]
  const children = contenders.map((name) => ({
    name,
    child: new AskedChild<FreshQuestion, readonly number[]>('fresh-output', [name, String(n)], bench.settings.gate),
  }))
  try {
    const ask = contenders.map((name, i) => ({
      name,
      sample: () => children[i]?.child.ask({ mode, ...counts[name] }) ?? [],
    }))
    // Each child checks its values before and after what it times; the first answers are its warm-up.
    for (const { sample } of ask) await sample()
    const rounds = await bench.compare(ask, bench.choose(1, wanted))
    const [kernel, loop, map] = contenders.map((name) => rounds.of(name))
    if (kernel === undefined || loop === undefined || map === undefined) return
    const [overLoop, overMap] = [ratioOfMedians(loop, kernel), ratioOfMedians(map, kernel)]
    bench.table({
      title: `Fresh output, square, float64, n = ${n.toExponential(0)}, ${mode === 'turning' ? 'the event loop turning' : 'in one synchronous loop'}`,
      columns: ['', 'ns/element', '× slower', 'low', 'high'],
      rows: [
        ['kernel', median(kernel) / n, '', '', ''],
        ['loop into new Float64Array', median(loop) / n, overLoop.value, overLoop.low, overLoop.high],
        ['xs.map', median(map) / n, overMap.value, overMap.low, overMap.high],
      ],
    })
    bench.figure(`core/fresh-${mode}-loop`, overLoop, undefined, doubtOf(rounds))
    bench.figure(`core/fresh-${mode}-map`, overMap, undefined, doubtOf(rounds))
  } finally {
    for (const { child } of children) await child.end()
  }
}

export async function freshOutputs(bench: Bench): Promise<void> {
  await measure(bench, 'turning')
  await measure(bench, 'synchronous')
}
