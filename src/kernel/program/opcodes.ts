/** The operations of a kernel program: names, codes and operands, as docs/kernel-programs.md lists them. */

const table = {
  add: [1, 2],
  subtract: [2, 2],
  multiply: [3, 2],
  divide: [4, 2],
  remainder: [5, 2],
  power: [6, 2],
  minimum: [7, 2],
  maximum: [8, 2],
  less: [9, 2],
  lessEqual: [10, 2],
  equal: [11, 2],
  notEqual: [12, 2],
  select: [13, 3],
  negate: [14, 1],
  not: [15, 1],
  truthy: [16, 1],
  bitAnd: [17, 2],
  bitOr: [18, 2],
  bitXor: [19, 2],
  bitNot: [20, 1],
  shiftLeft: [21, 2],
  shiftRight: [22, 2],
  shiftRightUnsigned: [23, 2],
  multiplyInt32: [24, 2],
  leadingZeros: [25, 1],
  isNaN: [26, 1],
  isFinite: [27, 1],
  isInteger: [28, 1],
  gather: [29, 2],
  hypot3: [30, 3],
  abs: [64, 1],
  sign: [65, 1],
  floor: [66, 1],
  ceil: [67, 1],
  trunc: [68, 1],
  round: [69, 1],
  sqrt: [70, 1],
  fround: [71, 1],
  f16round: [72, 1],
  sin: [80, 1],
  cos: [81, 1],
  tan: [82, 1],
  asin: [83, 1],
  acos: [84, 1],
  atan: [85, 1],
  sinh: [86, 1],
  cosh: [87, 1],
  tanh: [88, 1],
  asinh: [89, 1],
  acosh: [90, 1],
  atanh: [91, 1],
  exp: [92, 1],
  expm1: [93, 1],
  log: [94, 1],
  log1p: [95, 1],
  log2: [96, 1],
  log10: [97, 1],
  cbrt: [98, 1],
  atan2: [99, 2],
  hypot: [100, 2],
} as const satisfies Record<string, readonly [code: number, operands: 1 | 2 | 3]>

/** The name of an operation. */
export type OpName = keyof typeof table

/** The operations that a program over bigints may have: they commute with taking the value modulo 2^64. */
export type BigintOpName =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'negate'
  | 'bitAnd'
  | 'bitOr'
  | 'bitXor'
  | 'bitNot'
  | 'shiftLeft'

/** The code of an operation in a program's bytes. */
export function codeOf(op: OpName): number {
  return table[op][0]
}

/** How many operands an operation has; the first of `gather` is the number of a table. */
export function operandsOf(op: OpName): 1 | 2 | 3 {
  return table[op][1]
}

/** The names of all operations. */
export const opNames = Object.keys(table) as readonly OpName[]
