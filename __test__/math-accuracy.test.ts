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

test('what rounds by definition is exact everywhere', () => {
  const { abs, hypot, mod, reciprocal, round, sqrt, square, where } = corepool
  for (const { info } of [abs, hypot, mod, reciprocal, round, sqrt, square, where]) expect(info.accuracy).toBe('exact')
})
