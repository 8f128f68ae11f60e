/** Transcendental expressions against numexpr on as many threads, and functions against NumPy on its one. */
import { cores } from 'corepool'
import { type Bench } from '../../harness/bench.ts'
import { PythonChild } from '../../harness/python.ts'
import { length } from '../../harness/report.ts'
import { median } from '../../harness/statistics.ts'
import {
  compareAt,
  lowest,
  missing,
  type Answer,
  type Engine,
  type Point,
  type Python,
  type Question,
  type Versions,
} from '../kernels/expressions.ts'
import type { Expression } from '../kernels/subjects.ts'

function of(python: string, javascript: string, names: string): Expression {
  return { javascript, python, names: names.split(' '), isPlain: false }
}

const expressions: readonly Expression[] = [
  of('sin(a) + arcsinh(a / b)', 'Math.sin(a) + Math.asinh(a / b)', 'a b'),
  of('sin(a) * cos(b) + exp(c)', 'Math.sin(a) * Math.cos(b) + Math.exp(c)', 'a b c'),
]
const hyperbolic = of('exp(c) + tan(d) - sinh(e)', 'Math.exp(c) + Math.tan(d) - Math.sinh(e)', 'c d e')
const [sin, cos, exp, tan] = (['sin', 'cos', 'exp', 'tan'] as const).map((name) =>
  of(`${name}(a)`, `Math.${name}(a)`, 'a'),
)
const hypot = of('hypot(a, b)', 'Math.hypot(a, b)', 'a b')
const log = of('log(p)', 'Math.log(p)', 'p')
/** Without a bar: which form NumPy's has depends on its build. */
const pow = of('power(p, b)', 'p ** b', 'p b')

const AVX512 = ['math/numpy-log-avx512', 'math/numpy-exp-tan-avx512', 'math/numpy-ulp1-avx512']

async function measure(
  bench: Bench,
  python: Python,
  engine: Engine,
  subjects: readonly Expression[],
  sizes: readonly number[],
  math: 'exact' | 'ulp1' = 'exact',
): Promise<Point[]> {
  const points: Point[] = []
  for (const n of sizes)
    for (const subject of subjects) points.push(await compareAt(bench, subject, n, python, [engine], math))
  const threads = engine === 'numpy' ? `${cores.size} threads and 1` : `${cores.size} threads`
  bench.table({
    title: `Against ${engine}, ${math}, ns an element, ${threads}, Node ${process.versions.node}, ${cores.topology().simd}`,
    columns: ['', 'kernel', 'loop', engine, `× ${engine}`],
    rows: points.map(({ expression, n, rounds }) => {
      const each = (name: string): number => median(rounds.of(name)) / n
      const ratio = each(engine) / each('kernel')
      return [`${expression.javascript}, ${length(n)}`, each('kernel'), each('loop'), each(engine), ratio]
    }),
  })
  return points
}

export async function againstPython(bench: Bench): Promise<void> {
  const started = await PythonChild.start<Question, Answer, Versions>('expressions')
  const numexprBars = ['math/numexpr', 'math/numexpr-sinh']
  if (started === null) {
    bench.missed([...numexprBars, 'math/numpy', ...AVX512, 'math/numpy-avx2'], missing('numpy'))
    return
  }
  const { python, hello } = started
  const sizes = bench.choose([1e3], [1e5, 1e6])
  try {
    if (hello.numexpr === null) bench.missed(numexprBars, missing('numexpr'))
    else {
      lowest(bench, 'math/numexpr', await measure(bench, python, 'numexpr', expressions, sizes), 'numexpr')
      lowest(bench, 'math/numexpr-sinh', await measure(bench, python, 'numexpr', [hyperbolic], sizes), 'numexpr')
    }
    const all = [sin, cos, hypot, exp, log, tan, pow].filter((subject) => subject !== undefined)
    const points = await measure(bench, python, 'numpy', all, bench.choose([1e3], [1e6]))
    const those = (...wanted: ReadonlyArray<Expression | undefined>): Point[] =>
      points.filter(({ expression }) => wanted.includes(expression))
    lowest(bench, 'math/numpy', those(sin, cos, hypot), 'numpy')
    if (cores.topology().simd === 'avx512') {
      lowest(bench, 'math/numpy-log-avx512', those(log), 'numpy')
      lowest(bench, 'math/numpy-exp-tan-avx512', those(exp, tan), 'numpy')
      const close = [exp, log, tan].filter((subject) => subject !== undefined)
      const within = await measure(bench, python, 'numpy', close, bench.choose([1e3], [1e6]), 'ulp1')
      lowest(bench, 'math/numpy-ulp1-avx512', within, 'numpy')
      bench.missed(['math/numpy-avx2'], 'this machine has AVX-512')
    } else {
      bench.missed(AVX512, 'no AVX-512')
      lowest(bench, 'math/numpy-avx2', those(exp, log, tan), 'numpy')
    }
  } finally {
    await python.end()
  }
}
