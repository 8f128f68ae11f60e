import * as corepool from 'corepool'
import { expect, test } from 'vitest'

/** The built-in functions whose last bit depends on the JavaScript engine. */
const rounded = [
  corepool.acos,
  corepool.acosh,
  corepool.asin,
  corepool.asinh,
  corepool.atan,
  corepool.atan2,
  corepool.atanh,
  corepool.cbrt,
  corepool.cos,
  corepool.cosh,
  corepool.exp,
  corepool.expm1,
  corepool.log,
  corepool.log10,
  corepool.log1p,
  corepool.log2,
  corepool.pow,
  corepool.sin,
  corepool.sinh,
  corepool.tan,
  corepool.tanh,
]

const v8 = Number.parseInt(process.versions.v8, 10)
const isProven = process.platform === 'linux' && process.arch === 'x64' && v8 >= 11 && v8 <= 14

test.each(rounded.map((kernel) => ({ name: kernel.name, kernel })))(
  '$name is exact on every proven build, and elsewhere in plain JavaScript only',
  ({ kernel }) => {
    expect(kernel.info.accuracy).toBe(isProven || !corepool.isNative ? 'exact' : 'ulp1')
  },
)

test("with 'ulp1' exp, log, tan and ** are within an ulp or two of Math, and say so", () => {
  const cases: ReadonlyArray<[text: string, plain: (x: number) => number]> = [
    ['x => Math.exp(x)', Math.exp],
    ['x => Math.log(x)', Math.log],
    ['x => Math.tan(x)', Math.tan],
    ['x => x ** 1.7', (x) => x ** 1.7],
  ]
  const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 5e-324, 1e-310, 1e300, -1e300, 710, -745, Math.PI / 2, 1e10]
  const spread = Array.from({ length: 4000 }, (_, i) => ((i * 0.618033988749895) % 1) * 40 - 20)
  const values = Float64Array.from([...special, ...spread])
  for (const [text, plain] of cases) {
    const exact = corepool.kernel(text)
    const close = corepool.kernel(text, { math: 'ulp1' })
    expect(close.info.accuracy).toBe(corepool.isNative ? 'ulp1' : 'exact')
    if (isProven) expect(exact(values)).toEqual(values.map(plain))
    const results = close(values)
    const wrong = [...values].filter((x, i) => {
      const [result, expected] = [results[i] as number, plain(x)]
      return !Object.is(result, expected) && !(Math.abs(result - expected) <= 2 ** -51 * Math.abs(expected))
    })
    expect(wrong, text).toEqual([])
  }
})

test("'ulp1' is exact where no operation has a cheaper form", () => {
  expect(corepool.kernel('x => x * x + 1', { math: 'ulp1' }).info.accuracy).toBe('exact')
})

test('what rounds by definition is exact everywhere', () => {
  const { abs, hypot, mod, reciprocal, round, sqrt, square, where } = corepool
  for (const { info } of [abs, hypot, mod, reciprocal, round, sqrt, square, where]) expect(info.accuracy).toBe('exact')
})
