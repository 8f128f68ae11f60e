/** The expressions that numexpr is measured with (its documentation and its bench/timing.py), in both languages. */

export interface Expression {
  /** In JavaScript, over numbers of these names. */
  readonly javascript: string
  /** In Python; absent where it is the same. */
  readonly python?: string
  readonly names: readonly string[]
  /** Of + − × ÷, comparisons and choices alone: these have bars. */
  readonly isPlain: boolean
  /** The bar at n = 1e6 where it is another. */
  readonly large?: 'kernels/loop-products'
}

function plain(javascript: string, names: string, python?: string): Expression {
  return { javascript, names: names.split(' '), isPlain: true, ...(python !== undefined && { python }) }
}

function other(javascript: string, names: string, python?: string): Expression {
  return { ...plain(javascript, names, python), isPlain: false }
}

export const subjects: readonly Expression[] = [
  plain('a + 1', 'a'),
  plain('a * b - 4.1 * a > 2.5 * b', 'a b'),
  { ...plain('b * c + d * e', 'b c d e'), large: 'kernels/loop-products' },
  plain('2 * a + 3 * b', 'a b'),
  plain('a !== 0 ? 2 : b', 'a b', 'where(a != 0, 2, b)'),
  plain('a - 10 !== 0 ? a : 2', 'a', 'where(a - 10 != 0, a, 2)'),
  plain('((0.25 * a + 0.75) * a - 1.5) * a - 2', 'a'),
  plain('a + b * c', 'a b c'),
  other('Math.sqrt(a ** 2 + b ** 2)', 'a b', 'sqrt(a ** 2 + b ** 2)'),
  other('a % 2 !== 0 ? b + 5 : 2', 'a b', 'where(a % 2 != 0, b + 5, 2)'),
  other('(a + 1) ** 50', 'a'),
  other('2 * a + b ** 10', 'a b'),
  other('0.25 * a ** 3 + 0.75 * a ** 2 - 1.5 * a - 2', 'a'),
]

/** `n` numbers from −10 to 10, all different for n up to 2^32; of the same name the same ones, in Python too; those of `p` from 0 to 20. */
export function valuesOf(name: string, n: number): Float64Array {
  const state = name.charCodeAt(0) * 40503
  return Float64Array.from(
    { length: n },
    (_, i) => ((((Math.imul(i, 2654435761) >>> 0) + state) % 2 ** 32) / 2 ** 32) * 20 - (name === 'p' ? 0 : 10),
  )
}
