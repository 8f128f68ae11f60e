/** Several processes started at once: there is one spare. Printed, without a bar. */
import type { Bench } from '../../harness/bench.ts'
import { middleHalf } from '../../harness/statistics.ts'
import { rest, timeProcess } from './timing.ts'

const AT_ONCE = 20

export async function crowds(bench: Bench): Promise<void> {
  const contenders = [
    {
      name: 'two at once',
      sample: async () => {
        await rest()
        const [first, second] = await Promise.all([timeProcess(true), timeProcess(true)])
        return new Map([
          ['first', first.result],
          ['second', second.result],
        ])
      },
    },
    {
      name: `${AT_ONCE} at once`,
      sample: async () => {
        await rest()
        const times = await Promise.all(Array.from({ length: AT_ONCE }, () => timeProcess(true)))
        return new Map([['last', Math.max(...times.map(({ result }) => result))]])
      },
    },
  ]
  const rounds = await bench.compare(contenders, bench.choose(1, 10))
  bench.table({
    title: 'From the start to the result of processes that are started at once, milliseconds',
    columns: ['', 'median', 'q1', 'q3'],
    rows: ['two at once first', 'two at once second', `${AT_ONCE} at once last`].map((name) => {
      const { value, low, high } = middleHalf(rounds.of(name))
      return [name, value, low, high]
    }),
  })
}
