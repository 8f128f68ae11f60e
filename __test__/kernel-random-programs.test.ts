/** Random functions over every construct that kernels compile, against the functions themselves. */
import { compileFunction } from 'node:vm'
import { isNative, kernel, KernelError, type Kernel, type KernelInfo, type NumericArray } from 'corepool'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { edgeNumbers } from './fixtures/edge-numbers.ts'
import { expectSame } from './fixtures/expect-same.ts'
import { numberArrays } from './fixtures/random-arrays.ts'
import type { Leaves } from './fixtures/random-expressions.ts'
import { anyKernel, bindings, type RandomKernel } from './fixtures/random-kernels.ts'

/** Small integers too: switches and loops ask for them. */
const values = [...edgeNumbers, -1, 2, 3, 4, 5, -7.5, 0.1]

/** Lengths around every edge of blocks and chunks; the shortest that covers the values most often. */
const lengths = [
  64, 64, 64, 64, 0, 1, 3, 4, 5, 15, 16, 17, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097,
]

/** Parameters walk through the values at different strides, so that many combinations occur. */
function column(k: number, length: number): number[] {
  const stride = [1, 7, 11][k] ?? 1
  return Array.from({ length }, (_, i) => values[(i * stride + k) % values.length] as number)
}

const names = Object.keys(bindings)
const bound = Object.values(bindings)

type AnyFunction = (...values: number[]) => number

interface Summary {
  readonly constructs: Map<string, number>
  readonly depths: number[]
  readonly engines: Map<KernelInfo['engine'], number>
  readonly refused: Map<string, number>
  total: number
}

function compareWithItself(
  { text, parameters, hasIndex, constructs, depth }: RandomKernel,
  [length, from, to]: readonly [number, number, number],
  summary: Summary,
): void {
  summary.total++
  summary.depths.push(depth)
  for (const [name, count] of constructs) summary.constructs.set(name, (summary.constructs.get(name) ?? 0) + count)
  const fn = compileFunction(`return (${text}\n)`, names)(...bound) as AnyFunction
  let compiled: Kernel
  try {
    compiled = kernel(text, { bindings, index: hasIndex })
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    summary.refused.set(error.reason, (summary.refused.get(error.reason) ?? 0) + 1)
    return
  }
  const [, From] = numberArrays[from % numberArrays.length] ?? ['float64', Float64Array]
  const [dtype, To] = numberArrays[to % numberArrays.length] ?? ['float64', Float64Array]
  const operands = Array.from({ length: parameters }, (_, k) => new From(column(k, length)))
  const expected = new To(Array.from({ length }, () => 0))
  for (let i = 0; i < length; i++) {
    const row = operands.map((operand) => operand[i] as number)
    expected[i] = fn(...(hasIndex ? [...row, i] : row))
  }
  const result = compiled(...operands, { dtype })
  const { engine, reason, accuracy } = compiled.info
  summary.engines.set(engine, (summary.engines.get(engine) ?? 0) + 1)
  // Not by the way that a difference takes: the compiled program itself has to give the values.
  expect(engine).toBe(isNative ? 'native' : 'js')
  expect(reason ?? '').not.toContain('The function itself is called')
  // An error of one ulp grows along a chain of functions: only where there is none can whole programs be compared.
  if (accuracy === 'exact') expectSame(result as NumericArray, expected)
}

function run(leaves: Leaves, runs: number): Summary {
  const summary: Summary = { constructs: new Map(), depths: [], engines: new Map(), refused: new Map(), total: 0 }
  const seed = Number(process.env['COREPOOL_TEST_SEED'] ?? Date.now() & 0x7fffffff)
  console.log(`random kernels (${leaves}): ${runs} programs, COREPOOL_TEST_SEED=${seed}`)
  const call = fc.tuple(fc.constantFrom(...lengths), fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), fc.nat(9))
  fc.assert(
    fc.property(anyKernel(leaves), call, (program, how) => compareWithItself(program, how, summary)),
    { numRuns: runs, seed },
  )
  return summary
}

function print({ constructs, depths, engines, refused, total }: Summary): void {
  const table = [...constructs].toSorted(([, a], [, b]) => a - b).map(([name, count]) => `${name} ${count}`)
  console.log(`constructs: ${table.join(', ')}`)
  const sorted = depths.toSorted((a, b) => a - b)
  console.log(`depth: median ${sorted[sorted.length >> 1]}, most ${sorted.at(-1)}; engines:`, engines)
  console.log(
    `refused: ${[...refused].map(([reason, count]) => `${count} of ${total}: ${reason}`).join('; ') || 'none'}`,
  )
}

test(
  'ten thousand random functions give their own values, on arrays of every dtype and length',
  { timeout: 600_000 },
  () => {
    const summary = run('exact', 10_000)
    print(summary)
    const { constructs, depths, engines, total } = summary
    for (const [name, count] of constructs) expect(count, name).toBeGreaterThanOrEqual(100)
    expect(constructs.size).toBeGreaterThanOrEqual(40)
    expect(depths.toSorted((a, b) => a - b)[depths.length >> 1]).toBeGreaterThanOrEqual(5)
    expect(engines.get(isNative ? 'native' : 'js') ?? 0).toBeGreaterThanOrEqual(total * 0.99)
  },
)

test('so do functions that use all of Math, where info says exact', { timeout: 600_000 }, () => {
  const summary = run('all', 2_000)
  print(summary)
  expect(summary.engines.get(isNative ? 'native' : 'js') ?? 0).toBeGreaterThanOrEqual(summary.total * 0.99)
})
