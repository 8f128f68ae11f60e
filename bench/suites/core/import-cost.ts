/** What importing the package adds to the start of a program, beyond importing an empty module. */
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { runChild } from '../../harness/children.ts'
import { differenceOfMedians, middleHalf } from '../../harness/statistics.ts'

const programs = ['import-corepool', 'import-nothing'] as const

export async function importCost(bench: Bench): Promise<void> {
  const contenders = programs.map((name) => ({
    name,
    sample: async () => {
      const { stdout, code } = await runChild(name, {})
      if (code !== 0) throw new Error(`${name} ended with ${code}`)
      return Number(stdout.split(' ')[0])
    },
  }))
  // Once beforehand: the first start reads files that later ones find in memory.
  for (const { sample } of contenders) await sample()
  const rounds = await bench.compare(contenders)
  const rows = programs.map((name) => {
    const { value, low, high } = middleHalf(rounds.of(name))
    return [name, value, low, high]
  })
  bench.table({
    title: 'From the start of a program to its first statement, milliseconds',
    columns: ['', 'median', 'q1', 'q3'],
    rows,
  })
  bench.figure(
    'core/import',
    differenceOfMedians(rounds.of(programs[0]), rounds.of(programs[1])),
    undefined,
    doubtOf(rounds),
  )
}
