/** The kernels that the core suite measures, with what they compute in JavaScript. */
import { cube, square, type Kernel } from 'corepool'
import { freshCheck, freshFill, type Floats, type Formula } from '../../harness/fresh-functions.ts'

export interface Subject {
  readonly name: 'square' | 'cube'
  readonly formula: Formula
  readonly kernel: Kernel<[number]>
}

export const subjects: readonly Subject[] = [
  { name: 'square', formula: 'v * v', kernel: square },
  { name: 'cube', formula: 'v * v * v', kernel: cube },
]

/** An array of the bench's values. */
export function filled<A extends Floats>(xs: A): A {
  freshFill<A>()(xs)
  return xs
}

/** Makes a function that runs a contender once over a spoilt output, and throws when a value is wrong. */
export function checker<A extends Floats>(
  formula: Formula,
  isFloat32: boolean,
): (name: string, xs: A, out: A, run: () => void) => void {
  const firstWrong = freshCheck<A>(formula, isFloat32)
  return (name, xs, out, run) => {
    out.fill(Number.NaN)
    run()
    const wrong = firstWrong(xs, out)
    if (wrong !== -1) throw new Error(`${name} gives a wrong value at ${wrong}, n = ${xs.length}`)
  }
}
