/** The types of kernels: what a caller sees. Rules that types do not show are with the call, in call.ts. */
import type { Arrays, DType, NumericArray } from '../memory/index.ts'

/** What a kernel takes for each of its parameters. */
export type Operand = number | bigint | NumericArray

type Operands<P extends unknown[]> = { [K in keyof P]: Operand }

type FirstArray<O extends readonly unknown[]> = O extends readonly [infer H, ...infer T]
  ? H extends NumericArray
    ? H
    : FirstArray<T>
  : O extends readonly (infer E)[]
    ? Extract<E, NumericArray>
    : never

/** How a kernel is compiled. */
export interface KernelOptions {
  /** What messages and `kernel.name` call it; the function's own name where absent. */
  name?: string
  /**
   * Values for names that the function does not declare. Numbers and booleans may differ between kernels of one text without
   * compiling again; typed arrays of numbers are read as they are at each call; functions are inlined.
   */
  bindings?: Record<string, number | boolean | NumericArray | ((...numbers: number[]) => number)>
  /** The last parameter is the element's index. */
  index?: boolean
  /** 'exact': the bits of this JavaScript engine; 'ulp1': within 1 ulp of the correctly rounded result. */
  math?: 'exact' | 'ulp1'
}

/** Where and how the calls of a kernel run. */
export interface KernelInfo {
  readonly engine: 'native' | 'js'
  /** Of Math's functions; everything else is exact on every engine. */
  readonly accuracy: 'exact' | 'ulp1'
  /** The vector instructions in use; 'none' in JavaScript. */
  readonly simd: string
  /** Operations an element, after what could be computed once was. */
  readonly operations: number
  /**
   * Elements for which the addon computed a function of Math one by one, since its vector form does not cover their values; each
   * function of a kernel counts. Of all native calls so far in this process, for a built-in kernel; in this thread, for kernels of
   * one text, which share it. Always 0 where JavaScript runs the kernel: there every element is computed so.
   */
  readonly scalarLanes: number
  /** Why calls run in JavaScript. */
  readonly reason?: string
}

/** Options of an asynchronous call, beside `out` and `dtype`. */
export interface AsyncOptions {
  /**
   * Arrays of this call, operands or `out`, whose memory is moved in instead of copied: theirs is gone when the call returns
   * (`byteLength` 0). A result of their element size is computed in it; and when the promise has settled, fulfilled or not, each
   * array's place in this very list holds an array over its memory again, the result itself where it is that. What cannot be moved
   * (memory of WebAssembly, of Buffer's pool) is copied, and stays with the caller as it was.
   */
  transfer?: NumericArray[]
  /** Tested between chunks: the promise then rejects with an AbortError, `cause` the signal's reason. */
  signal?: AbortSignal
  /** Hears of elements done, about a hundred times, and once at the end; what it throws cancels the call and rejects. */
  onProgress?(done: number, total: number): void
}

/**
 * A numeric function that works on single numbers as itself, and on typed arrays element by element, on all cores.
 *
 * A call with an array among its operands takes as many operands as the function has parameters, arrays of one length or single
 * values that stand for every element, and then at most one options object. The result has the arrays' dtype, or that of `dtype`,
 * or is `out`; where the arrays have several, one of the two is required. It is what `xs.map(fn)` stores: computed in float64,
 * rounded, wrapped or clamped once, at the store; bigints modulo 2^64. `out` may be an operand itself.
 * @throws ArrayError `ERR_LENGTH_MISMATCH`, `ERR_DTYPE`, `ERR_DETACHED`, `ERR_RESIZABLE`, `ERR_OVERLAP`,
 *   `ERR_OUT_OF_MEMORY`; CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`; before anything is written
 */
export interface Kernel<P extends unknown[] = number[], R = number> {
  /** Numbers: the plain function itself; further arguments are ignored, so that `[1, 2].map(square)` works. */
  (...numbers: P): R
  /** Into an array that exists, of any number dtype (or, for bigints, either bigint dtype). */
  <O extends Operands<P>, B extends NumericArray>(...args: [...operands: O, options: { out: B; dtype?: undefined }]): B
  /** Into a new array of another dtype. */
  <O extends Operands<P>, D extends DType>(...args: [...operands: O, options: { dtype: D; out?: undefined }]): Arrays[D]
  /** Into a new array of the operands' dtype. */
  <O extends Operands<P>>(...operands: O): FirstArray<O>
  /** The first one again, as the last: TypeScript takes the type of a call's result from there, in `[1, 2].map(square)`. */
  (...numbers: P): R
  /**
   * As the call, without blocking: arrays are copied first unless they are shared memory or transferred, and an ordinary `out` is written
   * just before the promise settles. Wrong arguments are thrown at once; what happens later rejects.
   */
  async<O extends Operands<P>, B extends NumericArray>(
    ...args: [...operands: O, options: AsyncOptions & { out: B; dtype?: undefined }]
  ): Promise<B>
  async<O extends Operands<P>, D extends DType>(
    ...args: [...operands: O, options: AsyncOptions & { dtype: D; out?: undefined }]
  ): Promise<Arrays[D]>
  async<O extends Operands<P>>(
    ...args: [...operands: O, options: AsyncOptions & { out?: undefined; dtype?: undefined }]
  ): Promise<FirstArray<O>>
  async<O extends Operands<P>>(...operands: O): Promise<FirstArray<O>>
  /**
   * Reductions of the results, in one pass and without storing them: `square.sum(xs)`. Operands as for a call, without options; the
   * results are float64 whatever the dtypes of the operands, which are numbers. What each gives is what the export of its name
   * gives of an array.
   */
  sum(...operands: Operand[]): number
  mean(...operands: Operand[]): number
  variance(...operands: Operand[]): number
  std(...operands: Operand[]): number
  prod(...operands: Operand[]): number
  norm(...operands: Operand[]): number
  min(...operands: Operand[]): number
  max(...operands: Operand[]): number
  argMin(...operands: Operand[]): number
  argMax(...operands: Operand[]): number
  any(...operands: Operand[]): boolean
  all(...operands: Operand[]): boolean
  count(...operands: Operand[]): number
  /** The name of the kernel: `square`. */
  readonly name: string
  /** @throws CorepoolError `ERR_INVALID_ARG_VALUE` when COREPOOL_SIMD means nothing; calls then use all that the CPU has */
  readonly info: KernelInfo
  /** The formula, as source text. */
  toString(): string
}
