/** Each function into an array that exists, on one core and on two, against the best compilation of the plain loop. */
import { cores } from 'corepool'
import { doubtOf, type Bench } from '../../harness/bench.ts'
import { fresh } from '../../harness/fresh-functions.ts'
import { length, type Cell } from '../../harness/report.ts'
import { repeated, type Alternation } from '../../harness/rounds.ts'
import { median, ratioOfMedians, type Estimate } from '../../harness/statistics.ts'
import { exact, hypotenuse, others, power, wholeExpression, type Range, type Subject } from './subjects.ts'

/** Compilations of a loop that compete, and rounds in which they do. */
const COMPILATIONS = 3
const ATTEMPTS = 5

/** V8's major version: since 13, `**` is the platform's pow. */
const v8 = Number.parseInt(process.versions.v8, 10)

/** Distinct numbers, more than a branch predictor learns. */
export function random([from, to]: Range, n: number, seed: number): Float64Array {
  let state = seed
  return Float64Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const upper = state
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return from + (to - from) * ((upper + state / 2 ** 32) / 2 ** 32)
  })
}

type Loop = (operands: readonly Float64Array[], out: Float64Array) => void

/** The loop as a caller writes it. */
function freshLoop({ expression, ranges }: Subject): Loop {
  const names = ['xs', 'ys'].slice(0, ranges.length)
  const reads = ['const x = xs[i]', 'const y = ys[i]'].slice(0, ranges.length).join('; ')
  const text = `for (let i = 0; i < xs.length; i++) { ${reads}; out[i] = ${expression} }`
  const loop = fresh(text, [...names, 'out'])
  return (operands, out) => void loop(...operands, out)
}

function bestLoop(subject: Subject, operands: readonly Float64Array[], out: Float64Array): Loop {
  const timed = Array.from({ length: COMPILATIONS }, () => {
    const loop = freshLoop(subject)
    let best = Infinity
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const start = performance.now()
      loop(operands, out)
      best = Math.min(best, performance.now() - start)
    }
    return { best, loop }
  })
  return timed.reduce((fastest, other) => (other.best < fastest.best ? other : fastest)).loop
}

/** Throws where the kernel's values are not the loop's; a unit or two apart on engines whose bits are not proven. */
function check(
  subject: Subject,
  kernel: (out: Float64Array) => void,
  loop: (out: Float64Array) => void,
  n: number,
): void {
  const [found, expected] = [new Float64Array(n).fill(-1), new Float64Array(n)]
  kernel(found)
  loop(expected)
  const isWrong = (value: number, i: number): boolean => {
    const wanted = expected[i] as number
    return !Object.is(value, wanted) && !(Math.abs(value - wanted) <= 2 ** -51 * Math.abs(wanted))
  }
  const wrong = found.findIndex(isWrong)
  if (wrong !== -1) throw new Error(`${subject.name} gives a wrong value at ${wrong}, n = ${n}`)
}

interface Point {
  readonly subject: Subject
  readonly n: number
  readonly one: Speed
  readonly two: Speed
}

/** On a number of threads: nanoseconds an element, and how many times as fast as the loop. */
interface Speed {
  readonly rounds: Alternation
  readonly loop: number
  readonly kernel: number
  readonly speed: Estimate
}

async function compare(bench: Bench, subject: Subject, n: number): Promise<Point> {
  const operands = subject.ranges.map((range, k) => random(range, n, 7 + k))
  const out = new Float64Array(n)
  const loop = bestLoop(subject, operands, out)
  const kernel = subject.kernel as unknown as (...args: unknown[]) => unknown
  const call = (into: Float64Array): void => void kernel(...operands, { out: into })
  check(subject, call, (into) => loop(operands, into), n)
  const calls = (times: number): void => {
    for (let i = 0; i < times; i++) call(out)
  }
  const loops = (times: number): void => {
    for (let i = 0; i < times; i++) loop(operands, out)
  }
  const on = async (threads: number): Promise<Speed> => {
    const { size } = cores
    cores.resize(threads)
    try {
      const rounds = await bench.compare([repeated('kernel', calls), repeated('loop', loops)], bench.choose(3, 10))
      const each = (name: string): number => median(rounds.of(name)) / n
      const speed = ratioOfMedians(rounds.of('loop'), rounds.of('kernel'))
      return { rounds, loop: each('loop'), kernel: each('kernel'), speed }
    } finally {
      cores.resize(size)
    }
  }
  return { subject, n, one: await on(1), two: await on(2) }
}

async function compareAll(bench: Bench, title: string, subjects: readonly Subject[]): Promise<Point[]> {
  const points: Point[] = []
  const rows: Cell[][] = []
  for (const subject of subjects) {
    for (const n of bench.choose([1e5], [1e5, 1e6])) {
      const point = await compare(bench, subject, n)
      const { one, two } = point
      rows.push([`${subject.name}, ${length(n)}`, one.loop, one.kernel, one.speed.value, two.kernel, two.speed.value])
      points.push(point)
    }
  }
  const columns = ['', 'loop ns', 'one thread ns', '× loop', 'two threads ns', '× loop']
  bench.table({
    title: `${title}, nanoseconds an element, Node ${process.versions.node}, ${cores.topology().simd}`,
    columns,
    rows,
  })
  return points
}

/** The lowest of the points is the figure of a bar. */
function judge(bench: Bench, bar: string, points: readonly Point[], threads: 'one' | 'two'): void {
  const lowest = points.reduce((worst, point) =>
    point[threads].speed.value < worst[threads].speed.value ? point : worst,
  )
  const note = `lowest: ${lowest.subject.name}, n = ${length(lowest.n)}, ${cores.topology().simd}`
  bench.figure(bar, lowest[threads].speed, note, doubtOf(lowest[threads].rounds))
}

export async function functionLoops(bench: Bench): Promise<void> {
  const best = await compareAll(bench, 'sin, cos, exp and log', exact)
  judge(bench, 'math/exact-core', best, 'one')
  judge(bench, 'math/exact-two', best, 'two')
  const powers = await compareAll(bench, '**', [power])
  const isPlatform = v8 >= 13
  judge(bench, isPlatform ? 'math/pow-platform-two' : 'math/pow-fdlibm-two', powers, 'two')
  if (isPlatform) judge(bench, 'math/pow-platform-core', powers, 'one')
  bench.missed(
    isPlatform ? ['math/pow-fdlibm-two'] : ['math/pow-platform-two', 'math/pow-platform-core'],
    isPlatform ? '** of this Node is not fdlibm’s' : '** of this Node is not the platform’s',
  )
  const hypots = await compareAll(bench, 'hypot', [hypotenuse])
  judge(bench, 'math/hypot-two', hypots, 'two')
  judge(bench, 'math/fused-expression-two', await compareAll(bench, '3x² + sin x', [wholeExpression]), 'two')
  const rest = await compareAll(bench, 'the other functions', others)
  judge(bench, 'math/others-core', [...rest, ...hypots, ...(isPlatform ? [] : powers)], 'one')
}
