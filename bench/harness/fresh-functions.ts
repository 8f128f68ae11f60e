/**
 * The plain JavaScript that a kernel is compared with, compiled anew for each comparison: a function that has seen one kind of
 * array only, by one call site only, as in the program of somebody who wrote that loop and nothing else.
 */
import { compileFunction } from 'node:vm'
import type { Kernel } from 'corepool'

/** The arrays that the comparisons use. */
export type Floats = Float64Array | Float32Array

/** What is computed: the formula, and how it is written in JavaScript. */
export type Formula = 'v * v' | 'v * v * v'

let compiled = 0

/** A function of its own from a fixed text. The file name is its only difference: compiled code is cached by text and name. */
export function fresh(text: string, parameters: readonly string[]): (...args: unknown[]) => unknown {
  compiled += 1
  return compileFunction(text, parameters, { filename: `bench-${compiled}.js` }) as (...args: unknown[]) => unknown
}

/** The loop: `out[i] = formula(xs[i])`. */
export function freshLoop<A extends Floats>(formula: Formula): (xs: A, out: A) => void {
  return fresh(`for (let i = 0; i < xs.length; i++) { const v = xs[i]; out[i] = ${formula} }`, ['xs', 'out'])
}

/** Calls a function `times` times: a call site that knows this one callee. */
export function freshRepeat<A extends Floats>(call: (xs: A, out: A) => void): (xs: A, out: A, times: number) => void {
  const repeat = fresh('for (let i = 0; i < times; i++) call(xs, out)', ['call', 'xs', 'out', 'times'])
  return (xs, out, times) => void repeat(call, xs, out, times)
}

/** Calls a kernel `times` times as a user writes it, options object and all. */
export function freshKernelRepeat<A extends Floats>(kernel: Kernel<[number]>): (xs: A, out: A, times: number) => void {
  const repeat = fresh('for (let i = 0; i < times; i++) kernel(xs, { out })', ['kernel', 'xs', 'out', 'times'])
  return (xs, out, times) => void repeat(kernel, xs, out, times)
}

/** The index of the first element that is not what JavaScript stores, or -1. The inputs of the bench hold no NaN. */
export function freshCheck<A extends Floats>(formula: Formula, isFloat32: boolean): (xs: A, out: A) => number {
  const stored = isFloat32 ? `Math.fround(${formula})` : formula
  const text = `for (let i = 0; i < xs.length; i++) { const v = xs[i]; if (out[i] !== ${stored}) return i } return -1`
  return fresh(text, ['xs', 'out']) as (xs: A, out: A) => number
}

/** Fills an array with 1,003 different values of both signs. */
export function freshFill<A extends Floats>(): (xs: A) => void {
  return fresh('for (let i = 0; i < xs.length; i++) xs[i] = (i % 1003) / 7 - 70', ['xs'])
}

/** How many compilations of a loop compete; the best one is what the kernel is compared with. */
const COMPILATIONS = 3

/** Calls are warmed up and chosen by on no more than this many elements: longer arrays run the same code. */
const CHOICE = 1e6

/** The best of several fresh compilations of the plain loop, warm, ready to be called any number of times. */
export function bestLoop<A extends Floats>(formula: Formula, xs: A, out: A): (times: number) => void {
  const [few, fewOut] = [xs.subarray(0, CHOICE) as A, out.subarray(0, CHOICE) as A]
  const times = Math.ceil(2e6 / (few.length + 20))
  const candidates = Array.from({ length: COMPILATIONS }, () => {
    const repeat = freshRepeat(freshLoop<A>(formula))
    let best = Infinity
    for (let attempt = 0; attempt < 6; attempt++) {
      const start = performance.now()
      repeat(few, fewOut, times)
      best = Math.min(best, performance.now() - start)
    }
    return { best, repeat }
  })
  const [chosen] = candidates.toSorted((a, b) => a.best - b.best)
  if (chosen === undefined) throw new Error('no loop was compiled')
  return (count) => chosen.repeat(xs, out, count)
}
