import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { JobTable, requireBinding } from '../dist/native/index.js'
import { assemble, type Assembled } from './fixtures/assemble.ts'

const native = requireBinding()
const jobs = new JobTable(native)
const [add, multiply, gather, sin] = [1, 3, 29, 80] as const

const loaded: number[] = []
function load(program: Assembled, mode = 0): number {
  const handle = native.loadProgram(assemble(program), mode)
  loaded.push(handle)
  return handle
}
afterAll(() => loaded.forEach((handle) => native.dropProgram(handle)))

/** 2x + s y: parameters 0 and 1, scalar 2, constant 3, results 4, 5 and 6. */
const linear: Assembled = {
  parameters: 2,
  scalars: 1,
  constants: [2],
  instructions: [
    [multiply, 3, 0],
    [multiply, 2, 1],
    [add, 4, 5],
  ],
  result: 6,
}

/** The element of a table at x, plus x. */
const lookUp: Assembled = {
  tables: 1,
  instructions: [
    [gather, 0, 0],
    [add, 1, 0],
  ],
  result: 2,
}

function filled(n: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => value(i))
}

function coded(code: string) {
  return expect.objectContaining({ code })
}

describe('a program over arrays', () => {
  test.each([0, 1, 513, 100_003])('of %i elements has the values of the same formula in JavaScript', (n) => {
    const xs = filled(n, (i) => i / 7)
    const ys = Float32Array.from({ length: n }, (_, i) => 3 - i)
    const out = new Float64Array(n)
    native.runProgram(load(linear), out, Float64Array.of(0.1), undefined, xs, ys)
    expect(out).toEqual(xs.map((x, i) => 2 * x + 0.1 * (ys[i] ?? 0)))
  })

  test('takes single values as operands, and the output may be an operand', () => {
    const xs = filled(5000, (i) => i)
    const expected = xs.map((x) => 2 * x + 0.5 * 3)
    native.runProgram(load(linear), xs, Float64Array.of(0.5), undefined, xs, 3)
    expect(xs).toEqual(expected)
  })

  test('reads bound arrays by index, and NaN where there is none', () => {
    const table = Int16Array.of(10, 20, 30)
    const out = new Float64Array(6)
    native.runProgram(load(lookUp), out, undefined, [table], Float64Array.of(0, 2, 3, -1, 0.5, NaN))
    expect(out).toEqual(Float64Array.of(10, 32, NaN, NaN, NaN, NaN))
  })

  test('over bigints wraps modulo 2^64', () => {
    const program = load({ constants: [3n], instructions: [[multiply, 0, 1]], result: 2 })
    const xs = BigInt64Array.of(1n, -1n, 2n ** 62n)
    const out = new BigInt64Array(3)
    native.runProgram(program, out, undefined, undefined, xs)
    expect(out).toEqual(xs.map((x) => BigInt.asIntN(64, x * 3n)))
  })

  test('calls the functions of Math', () => {
    const xs = filled(1000, (i) => i / 10 - 50)
    const out = new Float64Array(1000)
    native.runProgram(load({ instructions: [[sin, 0]], result: 1 }), out, undefined, undefined, xs)
    expect(out).toEqual(xs.map(Math.sin))
  })
})

describe('an asynchronous program', () => {
  interface Bound {
    readonly scalars?: Float64Array
    readonly tables?: Int16Array[]
  }

  /** The result of a job, taken when its end is heard. */
  function result(program: number, operands: (Float64Array | number)[], { scalars, tables = [] }: Bound) {
    return new Promise<Float64Array>((resolve, reject) => {
      jobs.start({ program, outputCode: 0, arrays: [null, ...operands], scalars, tables }, (end) => {
        if (end.kind === 'completed') resolve(new Float64Array(end.take()))
        else reject(new Error(end.kind))
      })
    })
  }

  test('owns its operands and its bound arrays', async () => {
    const xs = filled(50_000, (i) => i % 4)
    const table = Int16Array.of(10, 20, 30)
    const expected = xs.map((x) => (table[x] ?? NaN) + x)
    const pending = result(load(lookUp), [xs], { tables: [table] })
    xs.fill(0)
    table.fill(0)
    expect(await pending).toEqual(expected)
  })

  test('may be dropped while it runs', async () => {
    const program = native.loadProgram(assemble(linear), 0)
    const pending = result(program, [filled(300_000, (i) => i), 1], { scalars: Float64Array.of(1) })
    native.dropProgram(program)
    expect((await pending)[7]).toBe(15)
    expect(() => native.runProgram(program, new Float64Array(1), undefined, undefined, 1)).toThrow(/no program/)
  })
})

describe('what does not fit is refused with a code, before anything is written', () => {
  const xs = new Float64Array(8)
  const out = new Float64Array(8)
  const one = Float64Array.of(1)

  test.each([
    ['bytes that are no program', () => native.loadProgram(Uint8Array.of(1, 2, 3), 0), 'ERR_INVALID_ARG_VALUE'],
    ['a mode that does not exist', () => load(linear, 99), 'ERR_INVALID_ARG_VALUE'],
    ['a number of no program', () => native.runProgram(0, out, one, undefined, xs), 'ERR_INVALID_ARG_VALUE'],
    ['too few operands', () => native.runProgram(load(linear), out, one, undefined, xs), 'ERR_INVALID_ARG_VALUE'],
    [
      'too few scalars',
      () => native.runProgram(load(linear), out, undefined, undefined, xs, xs),
      'ERR_INVALID_ARG_VALUE',
    ],
    ['too few tables', () => native.runProgram(load(lookUp), out, undefined, undefined, xs), 'ERR_INVALID_ARG_VALUE'],
    [
      'lengths that differ',
      () => native.runProgram(load(linear), out, one, undefined, xs, new Float64Array(7)),
      'ERR_LENGTH_MISMATCH',
    ],
    ['bigints beside numbers', () => native.runProgram(load(linear), out, one, undefined, xs, 1n), 'ERR_DTYPE'],
    [
      'scalars that are no doubles',
      () => native.runProgram(load(linear), out, new Float32Array(1) as never, undefined, xs, xs),
      'ERR_INVALID_ARG_TYPE',
    ],
    [
      'an output that overlaps',
      () => native.runProgram(load(linear), xs.subarray(1), one, undefined, xs.subarray(0, 7), 1),
      'ERR_OVERLAP',
    ],
    ['an output that is a table', () => native.runProgram(load(lookUp), out, undefined, [out], xs), 'ERR_OVERLAP'],
    ['no array at all', () => native.runProgram(load(linear), out, one, undefined, 1, 2), 'ERR_INVALID_ARG_TYPE'],
    [
      'a table that is none',
      () => native.runProgram(load(lookUp), out, undefined, [{}] as never, xs),
      'ERR_INVALID_ARG_TYPE',
    ],
    [
      'tables that are no list',
      () => native.runProgram(load(lookUp), out, undefined, 3 as never, xs),
      'ERR_INVALID_ARG_TYPE',
    ],
  ])('%s', (_, call, code) => {
    expect(call).toThrow(coded(code))
    expect(out).toEqual(new Float64Array(8))
  })

  test('a list of tables that detaches the output while it is read', () => {
    const gone = new Float64Array(8)
    const tables = [new Float64Array(4)]
    Object.defineProperty(tables, 0, {
      get() {
        structuredClone(gone.buffer, { transfer: [gone.buffer] })
        return new Float64Array(4)
      },
    })
    const program = load(lookUp)
    expect(() => native.runProgram(program, gone, undefined, tables, xs)).toThrow(/detached|8|elements/)
  })
})

test('the opcodes of the addon are those of the documentation', () => {
  const documentation = readFileSync(new URL('../docs/kernel-programs.md', import.meta.url), 'utf8')
  const opcodes = native.opcodes()
  expect(opcodes.length).toBeGreaterThan(50)
  for (const { name, code, operands } of opcodes) {
    expect(documentation).toContain(`\`${name}\``)
    expect(code).toBeGreaterThan(0)
    expect(operands).toBeGreaterThan(0)
  }
})
