/** What compiling costs: the first kernel of a program, a later new function, a text that is known. */
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { runChild } from '../../harness/children.ts'
import { middleHalf } from '../../harness/statistics.ts'

const parts = ['first', 'new', 'known'] as const

export async function startUp(bench: Bench): Promise<void> {
  const contender = {
    name: 'kernel()',
    sample: async (): Promise<ReadonlyMap<string, number>> => {
      const { stdout, code } = await runChild('first-kernel', {})
      if (code !== 0) throw new Error(`first-kernel ended with ${code}`)
      return new Map(Object.entries(JSON.parse(stdout) as Record<string, number>))
    },
  }
  // Once beforehand: the first start reads files that later ones find in memory.
  await contender.sample()
  const rounds = await bench.compare([contender])
  const rows = parts.map((part) => {
    const { value, low, high } = middleHalf(rounds.of(`kernel() ${part}`))
    return [part, value, low, high]
  })
  bench.table({ title: 'kernel(fn) in a new program, milliseconds', columns: ['', 'median', 'q1', 'q3'], rows })
  for (const part of parts) {
    bench.figure(`kernels/compile-${part}`, middleHalf(rounds.of(`kernel() ${part}`)), undefined, doubtOf(rounds))
  }
}
