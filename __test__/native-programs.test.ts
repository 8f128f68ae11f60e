import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { codeOf, opNames, operandsOf } from '../dist/kernel/program/index.js'
import { viewOf, type NumericArray } from '../dist/memory/index.js'
import { allBound, allHanded, JobTable, requireBinding } from '../dist/native/index.js'
import { assemble, type Assembled } from './fixtures/assemble.ts'

const native = requireBinding('a program')
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

interface Bound {
  readonly scalars?: Float64Array
  readonly tables?: NumericArray[]
}

const view = (array: NumericArray) => viewOf('array', array)
const operandOf = (operand: NumericArray | number | bigint) => (typeof operand === 'object' ? view(operand) : operand)

/** A synchronous run. */
function run(program: number, output: NumericArray, operands: (NumericArray | number | bigint)[], bound: Bound = {}) {
  const [out, place, ...rest] = allHanded([view(output), ...operands.map(operandOf)])
  const tables = bound.tables && allBound(bound.tables.map(view))
  native.runProgram(program, output.length, bound.scalars, tables, out ?? null, Number(place), ...rest)
}

function filled(n: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => value(i))
}

function coded(code: string) {
  return expect.objectContaining({ code })
}

test('the compiler and the addon have one table of operations', () => {
  const ofCompiler = opNames.map((name) => ({ name, code: codeOf(name), operands: operandsOf(name) }))
  const ofAddon = native.opcodes().map(({ name, code, operands }) => ({ name, code, operands }))
  expect(ofAddon).toEqual(ofCompiler)
})

describe('a program over arrays', () => {
  test.each([0, 1, 513, 100_003])('of %i elements has the values of the same formula in JavaScript', (n) => {
    const xs = filled(n, (i) => i / 7)
    const ys = Float32Array.from({ length: n }, (_, i) => 3 - i)
    const out = new Float64Array(n)
    run(load(linear), out, [xs, ys], { scalars: Float64Array.of(0.1) })
    expect(out).toEqual(xs.map((x, i) => 2 * x + 0.1 * (ys[i] ?? 0)))
  })

  test('takes single values as operands, and the output may be an operand', () => {
    const xs = filled(5000, (i) => i)
    const expected = xs.map((x) => 2 * x + 0.5 * 3)
    run(load(linear), xs, [xs, 3], { scalars: Float64Array.of(0.5) })
    expect(xs).toEqual(expected)
  })

  test('reads bound arrays by index, and NaN where there is none', () => {
    const table = Int16Array.of(10, 20, 30)
    const out = new Float64Array(6)
    run(load(lookUp), out, [Float64Array.of(0, 2, 3, -1, 0.5, NaN)], { tables: [table] })
    expect(out).toEqual(Float64Array.of(10, 32, NaN, NaN, NaN, NaN))
  })

  test('over bigints wraps modulo 2^64', () => {
    const program = load({ constants: [3n], instructions: [[multiply, 0, 1]], result: 2 })
    const xs = BigInt64Array.of(1n, -1n, 2n ** 62n)
    const out = new BigInt64Array(3)
    run(program, out, [xs])
    expect(out).toEqual(xs.map((x) => BigInt.asIntN(64, x * 3n)))
  })

  test('calls the functions of Math', () => {
    const xs = filled(1000, (i) => i / 10 - 50)
    const out = new Float64Array(1000)
    run(load({ instructions: [[sin, 0]], result: 1 }), out, [xs])
    expect(out).toEqual(xs.map(Math.sin))
  })
})

describe('an asynchronous program', () => {
  /** The result of a job, taken when its end is heard. */
  function result(program: number, operands: (Float64Array | number)[], { scalars, tables = [] }: Bound) {
    return new Promise<Float64Array>((resolve, reject) => {
      const xs = operands.find((operand) => typeof operand === 'object')
      const length = xs?.length ?? 0
      const memory = { length, outputCode: 0, output: undefined, operands: operands.map(operandOf), moves: undefined }
      jobs.start({ ...memory, work: { program, scalars, tables: tables.map(view) } }, (end) => {
        if (end.kind !== 'completed') return reject(new Error(end.kind))
        const output = new Float64Array(length)
        end.takeInto(view(output))
        resolve(output)
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
    expect(() => run(program, new Float64Array(1), [1])).toThrow(/no program/)
  })
})

describe('what does not fit is refused with a code, before anything is written', () => {
  const xs = new Float64Array(8)
  const out = new Float64Array(8)

  const scalars = Float64Array.of(1)
  const raw = (...parts: unknown[]) => (native.runProgram as (...parts: unknown[]) => void)(...parts)

  test.each([
    ['bytes that are no program', () => native.loadProgram(Uint8Array.of(1, 2, 3), 0), 'ERR_INVALID_ARG_VALUE'],
    ['a mode that does not exist', () => load(linear, 99), 'ERR_INVALID_ARG_VALUE'],
    ['a number of no program', () => run(0, out, [xs]), 'ERR_INVALID_ARG_VALUE'],
    ['no number of a program', () => raw('x', 8, undefined, undefined, out.buffer, 0), 'ERR_INVALID_ARG_VALUE'],
    ['too few arguments', () => raw(load(lookUp), 8), 'ERR_INVALID_ARG_VALUE'],
    [
      'an operand without a place',
      () => raw(load(lookUp), 8, undefined, [], out.buffer, 0, xs.buffer),
      'ERR_INVALID_ARG_VALUE',
    ],
    ['too few operands', () => run(load(linear), out, [xs], { scalars }), 'ERR_INVALID_ARG_VALUE'],
    [
      'too many operands',
      () =>
        run(
          load(linear),
          out,
          Array.from({ length: 65 }, () => xs),
          { scalars },
        ),
      'ERR_INVALID_ARG_VALUE',
    ],
    ['too few scalars', () => run(load(linear), out, [xs, xs]), 'ERR_INVALID_ARG_VALUE'],
    ['too few tables', () => run(load(lookUp), out, [xs]), 'ERR_INVALID_ARG_VALUE'],
    [
      'a length beyond the memory',
      () => raw(load(lookUp), 9, undefined, [xs.buffer, 0, 8], out.buffer, 0, xs.buffer, 0),
      'ERR_INVALID_ARG_VALUE',
    ],
    [
      'a table beyond its memory',
      () => raw(load(lookUp), 8, undefined, [xs.buffer, 0, 9], out.buffer, 0, xs.buffer, 0),
      'ERR_INVALID_ARG_VALUE',
    ],
    [
      'half a table',
      () => raw(load(lookUp), 8, undefined, [xs.buffer, 0], out.buffer, 0, xs.buffer, 0),
      'ERR_INVALID_ARG_VALUE',
    ],
    ['bigints beside numbers', () => run(load(linear), out, [xs, 1n], { scalars }), 'ERR_DTYPE'],
    [
      'scalars that are no doubles',
      () => run(load(linear), out, [xs, xs], { scalars: new Float32Array(1) as never }),
      'ERR_INVALID_ARG_TYPE',
    ],
    [
      'scalars that are no array',
      () => run(load(linear), out, [xs, xs], { scalars: 1 as never }),
      'ERR_INVALID_ARG_TYPE',
    ],
    [
      'an output that overlaps',
      () => run(load(linear), xs.subarray(1), [xs.subarray(0, 7), 1], { scalars }),
      'ERR_OVERLAP',
    ],
    ['an output that is a table', () => run(load(lookUp), out, [xs], { tables: [out] }), 'ERR_OVERLAP'],
    ['no array at all', () => run(load(linear), out, [1, 2], { scalars }), 'ERR_INVALID_ARG_TYPE'],
    [
      'tables that are no list',
      () => raw(load(lookUp), 8, undefined, 3, out.buffer, 0, xs.buffer, 0),
      'ERR_INVALID_ARG_TYPE',
    ],
  ])('%s', (_, call, code) => {
    expect(call).toThrow(coded(code))
    expect(out).toEqual(new Float64Array(8))
  })

  test('a list of tables that detaches the output while it is read', () => {
    const gone = new Float64Array(8)
    const tables: unknown[] = [null, 0, 4]
    Object.defineProperty(tables, 0, {
      get() {
        structuredClone(gone.buffer, { transfer: [gone.buffer] })
        return new Float64Array(4).buffer
      },
    })
    const call = () => raw(load(lookUp), 8, undefined, tables, gone.buffer, 0, xs.buffer, 0)
    expect(call).toThrow(coded('ERR_DETACHED'))
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

describe('a program whose results are reduced', () => {
  const program = load(linear)
  const xs = Float64Array.of(1, 2, 3)
  const operands = allHanded([viewOf('x', xs), viewOf('y', xs)])

  test('is one pass of the program', () => {
    expect(native.reduceSum([[program, Float64Array.of(0.5)], 3, ...operands], true).sum).toBe(15)
  })

  test.each([
    ['no such program', [99_999, Float64Array.of(0.5)]],
    ['no scalars', [program, undefined]],
    ['a bound array too many', [program, Float64Array.of(0.5), xs.buffer, 0, 3]],
    ['a bound array without its length', [program, Float64Array.of(0.5), xs.buffer, 0]],
    ['nothing', []],
  ])('with %s is refused', (_, handed) => {
    expect(() => native.reduceSum([handed as never, 3, ...operands], true)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }),
    )
  })

  test('over fewer elements than are said is refused', () => {
    expect(() => native.reduceSum([[program, Float64Array.of(0.5)], 4, ...operands], true)).toThrow(/do not lie inside/)
  })
})
