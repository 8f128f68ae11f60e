/**
 * Whether the addon's functions of Math have the bits of this JavaScript engine. Two things must hold: this engine on this system is
 * one for which the whole suite (scripts/check-math.mjs) found no mismatch, and witnesses agree here and now.
 */
import { runsOn } from '../../native/index.ts'
import type { OpName } from '../program/index.ts'
import { v8Major } from './functions.ts'
import { witnessesOf } from './witnesses.ts'

/** The values of V8 up to 12, or those since 13, where `**` is the platform's `pow`: the code of the addon. */
const exactMode = v8Major < 13 ? 0 : 1

/** The addon's code of values within an ulp, some of which cost less. */
const ulp1Mode = 2

/** The code of the values that a kernel asks for. */
export function mathMode(math?: 'exact' | 'ulp1'): number {
  return math === 'ulp1' ? ulp1Mode : exactMode
}

/** Operations with a cheaper form in the mode 'ulp1'. */
const cheaper: ReadonlySet<OpName> = new Set<OpName>(['exp', 'log', 'tan', 'power'])

const isBun = runsOn('bun')

/** Builds for which the suite found no mismatch: of Node. Bun and Deno name a V8 too, and have another engine, or build it otherwise. */
const isProvenBuild =
  process.platform === 'linux' && process.arch === 'x64' && v8Major >= 11 && v8Major <= 14 && !isBun && !runsOn('deno')

/** Operations whose last bit depends on the engine. */
const rounded: ReadonlySet<OpName> = new Set<OpName>(
  `power sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp expm1 log log1p log2 log10 cbrt atan2`.split(
    ' ',
  ) as OpName[],
)

/** Operations with the bits of V8 itself, on any platform. */
const ofV8: ReadonlySet<OpName> = new Set<OpName>(['hypot', 'hypot3'])

/** Runs one operation. */
export type RunOperation = (op: OpName, out: Float64Array, a: Float64Array, b: Float64Array) => void

/** Answers for one addon; each function is tried once. */
export class Accuracy {
  readonly #run: RunOperation
  readonly #runInJavaScript: RunOperation
  readonly #agrees = new Map<OpName, boolean>()

  /** @param run on the addon */
  constructor(run: RunOperation, runInJavaScript: RunOperation) {
    this.#run = run
    this.#runInJavaScript = runInJavaScript
  }

  /** Of a program of these operations, for a kernel that asks for `math`. */
  of(ops: Iterable<OpName>, math?: 'exact' | 'ulp1'): 'exact' | 'ulp1' {
    for (const op of new Set(ops)) {
      if (math === 'ulp1' && cheaper.has(op)) return 'ulp1'
      if (rounded.has(op) && !(isProvenBuild && this.#isExact(op))) return 'ulp1'
      if (ofV8.has(op) && isBun) return 'ulp1'
    }
    return 'exact'
  }

  #isExact(op: OpName): boolean {
    let agrees = this.#agrees.get(op)
    if (agrees === undefined) {
      const [a, b] = witnessesOf(op)
      const [expected, actual] = [new Float64Array(a.length), new Float64Array(a.length)]
      this.#runInJavaScript(op, expected, a, b)
      this.#run(op, actual, a, b)
      agrees = expected.every((value, i) => Object.is(value, actual[i]))
      this.#agrees.set(op, agrees)
    }
    return agrees
  }
}
