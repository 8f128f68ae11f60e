/**
 * The public surface as its types promise it: compiled with the tests, never run. kernel-types.test.ts has what kernel() infers. A line
 * below `@ts-expect-error` is one that must not compile.
 */
import {
  AbortError,
  activeChildren,
  argMax,
  ArrayError,
  all,
  any,
  argMin,
  cores,
  CorepoolError,
  count,
  cube,
  currentProcess,
  dot,
  histogram,
  KernelError,
  max,
  mean,
  min,
  norm,
  parentProcess,
  Process,
  ProcessStateError,
  prod,
  RemoteError,
  square,
  sum,
  sumExact,
  target,
  TargetError,
  TaskError,
  variance,
} from 'corepool'
import type {
  cpuCount,
  isNative,
  std,
  usableCpuCount,
  Arrays,
  AsyncOptions,
  ChildOptions,
  CoreStats,
  DType,
  ErrorCode,
  Kernel,
  ModuleTarget,
  NumericArray,
  Operand,
  ParentProcess,
  ProcessOptions,
  SumOptions,
  Target,
  Topology,
} from 'corepool'
import type * as corepool from 'corepool'
import type { Readable, Writable } from 'node:stream'
import { hold, type Same } from './fixtures/same-types.ts'

declare const doubles: Float64Array
declare const bytes: Uint8Array
declare const longs: BigInt64Array
declare const scale: (value: number, factor: number) => string
declare const later: (text: string) => Promise<Map<string, number>>

/** 1. Arrays. */
export function arrays(): void {
  hold<Same<Arrays['float64'], Float64Array>>()
  hold<Same<Arrays['uint8c'], Uint8ClampedArray>>()
  hold<Same<Arrays['int64'], BigInt64Array>>()
  hold<Same<NumericArray, Arrays[DType]>>()
  hold<Same<Operand, number | bigint | NumericArray>>()
  // @ts-expect-error a plain array is no operand
  hold<number[] extends Operand ? true : false>()
}

/** What a fused reduction of a kernel gives. */
type Reduced<Name extends keyof Kernel> = Kernel[Name] extends (...operands: Operand[]) => infer R ? R : never

/** 2. Every built-in kernel, by the number of its operands. */
export function builtIns(): void {
  type Built = typeof corepool
  type One =
    | 'abs'
    | 'acos'
    | 'acosh'
    | 'asin'
    | 'asinh'
    | 'atan'
    | 'atanh'
    | 'cbrt'
    | 'ceil'
    | 'cos'
    | 'cosh'
    | 'cube'
    | 'exp'
  type OneMore =
    | 'expm1'
    | 'floor'
    | 'log'
    | 'log10'
    | 'log1p'
    | 'log2'
    | 'neg'
    | 'reciprocal'
    | 'round'
    | 'sign'
    | 'sin'
    | 'sinh'
  hold<Same<Built[One | OneMore | 'sqrt' | 'square' | 'tan' | 'tanh' | 'trunc'], Kernel<[number]>>>()
  type Two = 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'pow' | 'atan2' | 'hypot' | 'maximum' | 'minimum'
  hold<Same<Built[Two], Kernel<[number, number]>>>()
  hold<Same<Built['clamp' | 'axpy' | 'where'], Kernel<[number, number, number]>>>()
}

/** 2. Built-in kernels, asynchronous calls, reductions. */
export async function kernels(): Promise<void> {
  hold<Same<typeof square, Kernel<[number]>>>()
  hold<Same<typeof cube, typeof square>>()
  const options: AsyncOptions = {
    signal: AbortSignal.abort(),
    transfer: [doubles, longs],
    onProgress(done, total) {
      hold<Same<[typeof done, typeof total], [number, number]>>()
    },
  }
  const [plain, into, as, awaited] = await Promise.all([
    square.async(doubles),
    square.async(doubles, { out: bytes, ...options }),
    square.async(doubles, { dtype: 'int32', ...options }),
    square.async(longs, options),
  ])
  hold<
    Same<[typeof plain, typeof into, typeof as, typeof awaited], [Float64Array, Uint8Array, Int32Array, BigInt64Array]>
  >()
  // @ts-expect-error both
  void square.async(doubles, { out: bytes, dtype: 'int32' })
  // @ts-expect-error no such option
  void square.async(doubles, { abort: AbortSignal.abort() })
  // @ts-expect-error what reports progress is a function
  void square.async(doubles, { onProgress: true })

  const of = cube
  hold<Same<Reduced<'sum' | 'mean' | 'variance' | 'std' | 'prod' | 'norm' | 'min' | 'max'>, number>>()
  hold<Same<Reduced<'argMin' | 'argMax' | 'count'>, number>>()
  hold<Same<Reduced<'any' | 'all'>, boolean>>()
  hold<Same<Parameters<typeof of.sum>, Operand[]>>()
  hold<Same<ReturnType<typeof of.toString>, string>>()
  // @ts-expect-error read-only
  of.info = square.info
  // @ts-expect-error a text is no operand
  square.sum('1, 2')
}

export function reductions(): void {
  const sumOptions: SumOptions = { order: 'sequential', compensated: false }
  const numbers = [
    sum(doubles, sumOptions),
    prod(bytes),
    max(bytes),
    dot(doubles, bytes),
    sumExact(doubles),
    mean(longs),
    norm(doubles),
  ]
  hold<Same<typeof numbers, number[]>>()
  const bigints = [sum(longs), prod(longs), max(longs), sumExact(longs), dot(longs, longs)]
  hold<Same<typeof bigints, bigint[]>>()
  const least: [number, bigint, number] = [min(doubles), min(longs), argMin(doubles)]
  hold<Same<[ReturnType<typeof variance>, ReturnType<typeof std>], [number, number]>>()
  variance(doubles, { ddof: 1 })
  const found: [boolean, boolean, number, number] = [any(doubles), all(longs), count(bytes), argMax(longs)]
  const { counts, edges } = histogram(doubles, { bins: 20, range: [0, 1] })
  hold<Same<[typeof counts, typeof edges], [Float64Array, Float64Array]>>()
  // @ts-expect-error a plain array
  sum([1, 2, ...found.slice(2), ...least])
  // @ts-expect-error no such order
  sum(doubles, { order: 'random' })
  // @ts-expect-error no such option
  variance(doubles, { dof: 1 })
  // @ts-expect-error a range has two ends
  histogram(doubles, { range: [0] })
}

/** 3. The native pool. */
export function pool(): void {
  hold<Same<typeof isNative, boolean>>()
  hold<Same<typeof cores.size, number>>()
  cores.resize()
  cores.resize(2)
  const topology: Topology = cores.topology()
  hold<Same<typeof topology.quota, number | null>>()
  hold<Same<typeof topology.usable, readonly number[]>>()
  hold<Same<ReturnType<typeof cores.stats>, CoreStats>>()
  // @ts-expect-error read-only
  cores.size = 2
  // @ts-expect-error read-only
  topology.pinned.push(1)
  // @ts-expect-error a text is no number of threads
  cores.resize('2')
}

/** 4. Targets and arguments of a Process. */
export async function targets(): Promise<void> {
  const p = new Process({ target: scale, args: [2, 3] })
  hold<Same<typeof p, Process<[value: number, factor: number], string>>>()
  const [text, map] = [await p.result, await new Process({ target: later, args: ['text'] }).result]
  hold<Same<typeof text, string>>()
  // A promise of the target's is awaited in the child.
  hold<Same<typeof map, Map<string, number>>>()
  const byName = target<typeof scale>(new URL('./work.js', import.meta.url), 'scale')
  hold<Same<typeof byName, ModuleTarget<[value: number, factor: number], string>>>()
  hold<Same<Awaited<(typeof named)['result']>, string>>()
  const named = new Process({ target: byName, args: [2, 3] })
  const targetsOfAllKinds: Target[] = [scale, byName, square]
  void new Process({ target: square, args: [doubles] })
  void new Process({ target: () => 1 })
  void targetsOfAllKinds
  // @ts-expect-error no arguments, of a function that takes two
  void new Process({ target: scale })
  // @ts-expect-error one is missing
  void new Process({ target: scale, args: [2] })
  // @ts-expect-error one is a text
  void new Process({ target: scale, args: [2, '3'] })
  // @ts-expect-error one is missing, of an export
  void new Process({ target: byName, args: [2] })
  // @ts-expect-error no target
  void new Process({ args: [] })
  // @ts-expect-error a name is no target
  void new Process({ target: 'scale' })
}

export function processOptions(): void {
  const surroundings: ChildOptions = {
    env: { A: '1' },
    cwd: '/',
    execPath: 'node',
    execArgv: ['--no-warnings'],
    stdio: 'pipe',
  }
  const options: ProcessOptions = {
    ...surroundings,
    name: 'n',
    daemon: true,
    signal: AbortSignal.abort(),
    killTimeout: 100,
    warm: false,
  }
  void new Process({ target: () => 1, ...options })
  // @ts-expect-error no such option
  void new Process({ target: () => 1, timeout: 100 })
  // @ts-expect-error no such way
  void new Process({ target: () => 1, stdio: 'overlapped' })
  // @ts-expect-error undefined is no value of an option (exactOptionalPropertyTypes)
  void new Process({ target: () => 1, name: undefined })
}

/** 4. What a Process says of itself. */
export async function processMembers(): Promise<void> {
  const p = new Process({ target: scale, args: [2, 3] })
  hold<Same<ReturnType<typeof p.join>, Promise<boolean>>>()
  hold<Same<[typeof p.pid, typeof p.exitCode], [number | null, number | null]>>()
  hold<Same<typeof p.signalCode, NodeJS.Signals | null>>()
  hold<Same<typeof p.state, 'initial' | 'started' | 'stopped' | 'closed'>>()
  hold<Same<typeof p.ready, Promise<void>>>()
  const { exitCode, signalCode } = await p.exited
  hold<Same<[typeof exitCode, typeof signalCode], [number | null, NodeJS.Signals | null]>>()
  hold<Same<[typeof p.stdin, typeof p.stdout, typeof p.stderr], [Writable | null, Readable | null, Readable | null]>>()
  hold<Same<typeof p, ReturnType<typeof p.start>>>()
  hold<Same<ReturnType<typeof p.isAlive>, boolean>>()
  hold<Same<[typeof p.name, typeof p.daemon], [string, boolean]>>()
  hold<Same<ReturnType<typeof p.terminate | typeof p.kill | typeof p.close | typeof p.send>, void>>()
  hold<Same<ReturnType<(typeof p)[typeof Symbol.asyncDispose]>, Promise<void>>>()
  hold<Same<ReturnType<typeof p.messages>, AsyncIterableIterator<unknown>>>()
  p.name = 'renamed'
  p.daemon = false
  p.send({ any: 'thing' })
  await using owned = p
  void owned
  // @ts-expect-error read-only
  p.pid = 1
  // @ts-expect-error read-only
  p.result = Promise.resolve('')
  // @ts-expect-error milliseconds are a number
  void p.join('1s')
}

export function relatives(): void {
  hold<Same<ReturnType<typeof parentProcess>, ParentProcess | null>>()
  hold<Same<ReturnType<ParentProcess['messages']>, AsyncIterableIterator<unknown>>>()
  hold<
    Same<[ParentProcess['name'], ParentProcess['pid'], ReturnType<ParentProcess['isAlive']>], [string, number, boolean]>
  >()
  hold<Same<[ReturnType<typeof cpuCount>, ReturnType<typeof usableCpuCount>], [number, number]>>()
  const [child] = activeChildren()
  hold<typeof child extends Process | undefined ? true : false>()
  const me = currentProcess()
  hold<Same<[typeof me.name, typeof me.pid, typeof me.daemon], [string, number, boolean]>>()
  // @ts-expect-error null in the main program
  void parentProcess().pid
  // @ts-expect-error read-only
  me.daemon = true
}

/** 7. One tree of errors. */
export function errors(error: unknown): string | undefined {
  const classes = [ProcessStateError, TargetError, KernelError, ArrayError, TaskError, AbortError, RemoteError]
  hold<(typeof classes)[number] extends abstract new (...args: never[]) => CorepoolError ? true : false>()
  hold<Same<CorepoolError['code'], string>>()
  hold<'ERR_NOT_SUPPORTED' extends ErrorCode ? true : false>()
  if (error instanceof KernelError)
    hold<Same<[typeof error.line, typeof error.column, typeof error.reason], [number, number, string]>>()
  if (error instanceof TaskError) hold<Same<typeof error.pid, number | null | undefined>>()
  // @ts-expect-error no code of this package
  const unknownCode: ErrorCode = 'ERR_NOPE'
  // @ts-expect-error read-only
  if (error instanceof CorepoolError) error.code = unknownCode
  return error instanceof CorepoolError ? error.code : undefined
}
