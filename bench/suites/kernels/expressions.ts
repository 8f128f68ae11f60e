/** Whole expressions into an array that exists: the compiled kernel, the plain loop, numexpr, and Numba. */
import { cores, kernel } from 'corepool'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { fresh } from '../../harness/fresh-functions.ts'
import { PythonChild } from '../../harness/python.ts'
import { length, type Cell } from '../../harness/report.ts'
import { repeated, type Alternation, type Contender } from '../../harness/rounds.ts'
import { bootstrap, median, ratioOfMedians, type Estimate } from '../../harness/statistics.ts'
import { subjects, valuesOf, type Expression } from './subjects.ts'

export interface Question {
  readonly engine: 'numexpr' | 'numba' | 'numpy'
  readonly expression: string
  readonly names: readonly string[]
  readonly n: number
  readonly threads: number
}

export interface Answer {
  readonly ns: number
  readonly cpu: number
  readonly checksum: number
}

export interface Versions {
  readonly numexpr: string | null
  readonly numba: string | null
  readonly numpy: string
}

export type Python = PythonChild<Question, Answer>
export type Engine = Question['engine']

/** Compilations of the loop that compete. */
const COMPILATIONS = 3

type Run = (times: number) => void

/** The loop as somebody writes it who wants no library: the best of several compilations. */
function bestLoop({ javascript, names }: Expression, operands: readonly Float64Array[], out: Float64Array): Run {
  const reads = names.map((name) => `const ${name} = ${name}s[i]`).join('; ')
  const arrays = names.map((name) => `${name}s`)
  const text = `for (let i = 0; i < out.length; i++) { ${reads}; out[i] = ${javascript} }`
  const candidates = Array.from({ length: COMPILATIONS }, () => {
    const loop = fresh(text, ['out', ...arrays])
    const repeat = fresh(`for (let k = 0; k < times; k++) loop(out, ${arrays.join(', ')})`, [
      'loop',
      'times',
      'out',
      ...arrays,
    ])
    const run: Run = (times) => void repeat(loop, times, out, ...operands)
    let best = Infinity
    for (let attempt = 0; attempt < 5; attempt++) {
      const start = performance.now()
      run(Math.ceil(1e6 / out.length))
      best = Math.min(best, performance.now() - start)
    }
    return { best, run }
  })
  const [chosen] = candidates.toSorted((a, b) => a.best - b.best)
  if (chosen === undefined) throw new Error('no loop was compiled')
  return chosen.run
}

export interface Point {
  readonly expression: Expression
  readonly n: number
  readonly rounds: Alternation
}

export async function compareAt(
  bench: Bench,
  expression: Expression,
  n: number,
  python: Python | null,
  engines: readonly Engine[],
  math: 'exact' | 'ulp1' = 'exact',
): Promise<Point> {
  const { javascript, names, python: inPython = javascript } = expression
  const operands = names.map((name) => valuesOf(name, n))
  const options = math === 'ulp1' ? { math } : {}
  const compiled = kernel(`(${names.join(', ')}) => ${javascript}`, options) as unknown as (
    ...args: unknown[]
  ) => Float64Array
  // An earlier result, as in the suite `core`: huge pages from 2 MiB on, as NumPy's arrays have.
  const [out, expected] = [compiled(...operands), new Float64Array(n)]
  const call = fresh(`for (let k = 0; k < times; k++) kernel(...operands, { out })`, [
    'kernel',
    'times',
    'operands',
    'out',
  ])
  const run: Run = (times) => void call(compiled, times, operands, out)
  const loop = bestLoop(expression, operands, expected)
  const check = (): void => {
    out.fill(Number.NaN)
    run(1)
    loop(1)
    const wrong = out.findIndex((value, i) => {
      const wanted = expected[i] as number
      const isNear = math === 'ulp1' && Math.abs(value - wanted) <= 2 ** -51 * Math.abs(wanted)
      return !isNear && !Object.is(value, wanted)
    })
    if (wrong !== -1) throw new Error(`${javascript} gives a wrong value at ${wrong}, n = ${n}`)
  }
  check()
  const sum = expected.reduce((so, value) => so + (Number.isNaN(value) ? 0 : value), 0)
  const contenders: Contender[] = [repeated('kernel', run), repeated('loop', loop)]
  for (const engine of python === null ? [] : engines) {
    const question = { engine, expression: inPython, names, n, threads: cores.size }
    const { checksum } = await (python as Python).ask(question)
    // Their rounding may differ in the last bits.
    if (Math.abs(checksum - sum) > 1e-6 * n + 1e-9 * Math.abs(sum))
      throw new Error(`${engine} computes another ${javascript}`)
    contenders.push({
      name: engine,
      sample: async () => {
        const { ns, cpu } = await (python as Python).ask(question)
        bench.settings.gate.report(cpu)
        return ns
      },
    })
  }
  const rounds = await bench.compare(contenders)
  check()
  return { expression, n, rounds }
}

/** The lowest of several ratios over the kernel, with where it is. */
export function lowest(bench: Bench, bar: string, points: readonly Point[], against: string): void {
  const ratios = points.map((point) => ({
    point,
    ratio: ratioOfMedians(point.rounds.of(against), point.rounds.of('kernel')),
  }))
  const [worst] = ratios.toSorted((a, b) => a.ratio.value - b.ratio.value)
  if (worst === undefined) return bench.missed([bar], `no ${against}`)
  const { point, ratio } = worst
  bench.figure(bar, ratio, `lowest: ${point.expression.javascript}, n = ${length(point.n)}`, doubtOf(point.rounds))
}

/** The geometric mean of the ratios over the kernel. */
function mean(points: readonly Point[], against: string): Estimate {
  const samples = points.flatMap(({ rounds }) => [rounds.of(against), rounds.of('kernel')])
  return bootstrap(samples, (each) => {
    const logs = points.map((_, k) => Math.log(median(each[2 * k] ?? []) / median(each[2 * k + 1] ?? [])))
    return Math.exp(logs.reduce((so, log) => so + log, 0) / logs.length)
  })
}

export function missing(engine: Engine): string {
  return `no ${engine}: set COREPOOL_BENCH_PYTHON to a Python that has it`
}

export async function expressions(bench: Bench): Promise<void> {
  const started = await PythonChild.start<Question, Answer, Versions>('expressions')
  const python = started?.python ?? null
  const engines = (['numexpr', 'numba'] as const).filter((engine) => started?.hello[engine])
  const points: Point[] = []
  try {
    for (const n of bench.choose([1e3], [1e3, 1e5, 1e6, 1e7])) {
      const rows: Cell[][] = []
      for (const expression of bench.choose(subjects.slice(0, 2), subjects)) {
        const point = await compareAt(bench, expression, n, python, engines)
        points.push(point)
        const of = (name: string): number => median(point.rounds.of(name))
        const ratios = ['loop', ...engines].flatMap((name) => [of(name) / n, of(name) / of('kernel')])
        rows.push([expression.javascript, of('kernel') / n, ...ratios, point.rounds.isQuiet ? '' : 'disturbed'])
      }
      const columns = ['loop', ...engines].flatMap((name) => [name, `× ${name}`])
      bench.table({
        title: `Expressions, float64, n = ${length(n)}, nanoseconds an element, ${cores.size} threads`,
        columns: ['', 'kernel', ...columns, ''],
        rows,
      })
    }
  } finally {
    await python?.end()
  }
  const plain = points.filter(({ expression, n }) => expression.isPlain && (n === 1e5 || n === 1e6))
  const isProducts = ({ expression, n }: Point): boolean => expression.large !== undefined && n === 1e6
  lowest(
    bench,
    'kernels/loop',
    plain.filter((point) => !isProducts(point)),
    'loop',
  )
  lowest(bench, 'kernels/loop-products', plain.filter(isProducts), 'loop')
  if (engines.includes('numexpr') && plain.length > 0) {
    lowest(bench, 'kernels/numexpr-each', plain, 'numexpr')
    bench.figure(
      'kernels/numexpr-mean',
      mean(plain, 'numexpr'),
      `numexpr ${started?.hello.numexpr}`,
      ...plain.map(({ rounds }) => doubtOf(rounds)),
    )
  } else bench.missed(['kernels/numexpr-each', 'kernels/numexpr-mean'], missing('numexpr'))
  const large = points.filter(({ expression, n }) => expression.isPlain && n === 1e7)
  if (engines.includes('numba') && large.length > 0) lowest(bench, 'kernels/numba-1e7', large, 'numba')
  else bench.missed(['kernels/numba-1e7'], missing('numba'))
}
