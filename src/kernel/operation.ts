/** The built-in element-wise operations. */

/** One operation: what it is on a number, and what the engines call it. */
export interface Operation {
  /** Names the kernel and its plain-JavaScript loops. */
  readonly name: 'square' | 'cube'
  /** The discriminant of the Rust side's `Operation`. */
  readonly code: number
  /** The formula; bigints follow it too. */
  readonly onNumber: (v: number) => number
}

/** `v * v` */
export const squareOperation: Operation = { name: 'square', code: 0, onNumber: (v) => v * v }

/** `v * v * v`, from left to right: `v ** 3` rounds differently for a quarter of all numbers. */
export const cubeOperation: Operation = { name: 'cube', code: 1, onNumber: (v) => v * v * v }
