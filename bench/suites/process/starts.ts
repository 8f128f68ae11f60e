/** One process after the other: with a warm spare, cold, by fork, and by Python. */
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { middleHalf, ratioOfMedians } from '../../harness/statistics.ts'
import { Python, type StartMethod } from './python.ts'
import { rest, timeFork, timeProcess, type Times } from './timing.ts'

const methods: readonly StartMethod[] = ['fork', 'forkserver', 'spawn']

function both({ result, join }: Times): Map<string, number> {
  return new Map([
    ['result', result],
    ['join', join],
  ])
}

export async function starts(bench: Bench): Promise<void> {
  const python = await Python.find()
  const contenders = [
    { name: 'warm', sample: async () => (await rest(), both(await timeProcess(true))) },
    { name: 'cold', sample: async () => (await rest(), both(await timeProcess(false))) },
    { name: 'fork', sample: async () => (await rest(), both(await timeFork())) },
    ...(python === null
      ? []
      : methods.map((method) => ({ name: `Python ${method}`, sample: () => python.startAndJoin(method) }))),
  ]
  // Once beforehand: the first of each reads files, and there is no spare before a first Process.
  for (const { sample } of contenders) await sample()
  const rounds = await bench.compare(contenders)
  await python?.end()

  const names = ['warm', 'cold', 'fork'].flatMap((name) => [`${name} result`, `${name} join`])
  const all = python === null ? names : [...names, ...methods.map((method) => `Python ${method}`)]
  bench.table({
    title: 'From the start of a process to its result, or to its end, milliseconds',
    columns: ['', 'median', 'q1', 'q3'],
    rows: all.map((name) => {
      const { value, low, high } = middleHalf(rounds.of(name))
      return [name, value, low, high]
    }),
  })
  const doubt = doubtOf(rounds)
  const ratio = (above: string, below: string) => ratioOfMedians(rounds.of(above), rounds.of(below))
  bench.figure('process/warm-result', middleHalf(rounds.of('warm result')), undefined, doubt)
  bench.figure('process/warm-join', middleHalf(rounds.of('warm join')), undefined, doubt)
  bench.figure('process/warm-fork', ratio('fork result', 'warm result'), undefined, doubt)
  bench.figure('process/cold-fork', ratio('cold result', 'fork result'), undefined, doubt)
  const ofPython = ['process/python-fork', 'process/python-forkserver', 'process/python-spawn']
  if (python === null) return bench.missed(ofPython, 'there is no python3')
  bench.figure('process/python-fork', ratio('warm result', 'Python fork'), undefined, doubt)
  bench.figure('process/python-forkserver', ratio('Python forkserver', 'warm join'), undefined, doubt)
  bench.figure('process/python-spawn', ratio('Python spawn', 'warm join'), undefined, doubt)
}
