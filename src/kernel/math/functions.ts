/**
 * The built-in functions as operations: Math's, and what NumPy has beside them. The addon knows each by the code that it has in
 * kernel programs; plain JavaScript runs the loops of those programs (built-in-loops).
 */
import type { BuiltInOperation } from '../operation.ts'
import { codeOf, type OpName } from '../program/index.ts'

/** The code of a function in the addon is its code in programs and this. */
const FUNCTIONS = 1024

/** Functions that programs do not have under one code: `**` as V8 had it up to Node 22, 1/x, and −x. */
const POWER_OF_FDLIBM = 256
const RECIPROCAL = 257
const NEGATE = 258

/** Of V8: since 13, `**` is the platform's pow. No version: not V8, or not known. */
export const v8Major = Number.parseInt(process.versions.v8 ?? '', 10)

/** An operation for numbers only. */
function operation(name: string, code: number, onNumbers: (...numbers: number[]) => number): BuiltInOperation {
  return Object.freeze<BuiltInOperation>({
    kind: 'built-in',
    name,
    arity: onNumbers.length,
    onNumbers,
    takesBigints: false,
    operations: 1,
    code,
    op: undefined,
  })
}

/** A function that kernel programs have. */
function ofPrograms(
  name: string,
  op: OpName,
  onNumbers: (...numbers: number[]) => number,
  code: number = codeOf(op),
): BuiltInOperation {
  return Object.freeze({ ...operation(name, FUNCTIONS + code, onNumbers), op })
}

// Taken when this module loads, as own-math is.
const { abs, acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, ceil, cos, cosh, exp, expm1, floor, hypot } = Math
const { log, log10, log1p, log2, max, min, pow, round, sign, sin, sinh, sqrt, tan, tanh, trunc } = Math

/** The operations by the names of their kernels. */
export const functions = {
  abs: ofPrograms('abs', 'abs', (x: number) => abs(x)),
  acos: ofPrograms('acos', 'acos', (x: number) => acos(x)),
  acosh: ofPrograms('acosh', 'acosh', (x: number) => acosh(x)),
  asin: ofPrograms('asin', 'asin', (x: number) => asin(x)),
  asinh: ofPrograms('asinh', 'asinh', (x: number) => asinh(x)),
  atan: ofPrograms('atan', 'atan', (x: number) => atan(x)),
  atan2: ofPrograms('atan2', 'atan2', (y: number, x: number) => atan2(y, x)),
  atanh: ofPrograms('atanh', 'atanh', (x: number) => atanh(x)),
  cbrt: ofPrograms('cbrt', 'cbrt', (x: number) => cbrt(x)),
  ceil: ofPrograms('ceil', 'ceil', (x: number) => ceil(x)),
  cos: ofPrograms('cos', 'cos', (x: number) => cos(x)),
  cosh: ofPrograms('cosh', 'cosh', (x: number) => cosh(x)),
  exp: ofPrograms('exp', 'exp', (x: number) => exp(x)),
  expm1: ofPrograms('expm1', 'expm1', (x: number) => expm1(x)),
  floor: ofPrograms('floor', 'floor', (x: number) => floor(x)),
  hypot: ofPrograms('hypot', 'hypot', (x: number, y: number) => hypot(x, y)),
  log: ofPrograms('log', 'log', (x: number) => log(x)),
  log10: ofPrograms('log10', 'log10', (x: number) => log10(x)),
  log1p: ofPrograms('log1p', 'log1p', (x: number) => log1p(x)),
  log2: ofPrograms('log2', 'log2', (x: number) => log2(x)),
  maximum: ofPrograms('maximum', 'maximum', (x: number, y: number) => max(x, y)),
  minimum: ofPrograms('minimum', 'minimum', (x: number, y: number) => min(x, y)),
  mod: ofPrograms('mod', 'remainder', (x: number, y: number) => x % y),
  neg: ofPrograms('neg', 'negate', (x: number) => -x, NEGATE),
  pow: ofPrograms(
    'pow',
    'power',
    (x: number, y: number) => pow(x, y),
    v8Major < 13 ? POWER_OF_FDLIBM : codeOf('power'),
  ),
  reciprocal: operation('reciprocal', FUNCTIONS + RECIPROCAL, (x: number) => 1 / x),
  round: ofPrograms('round', 'round', (x: number) => round(x)),
  sign: ofPrograms('sign', 'sign', (x: number) => sign(x)),
  sin: ofPrograms('sin', 'sin', (x: number) => sin(x)),
  sinh: ofPrograms('sinh', 'sinh', (x: number) => sinh(x)),
  sqrt: ofPrograms('sqrt', 'sqrt', (x: number) => sqrt(x)),
  tan: ofPrograms('tan', 'tan', (x: number) => tan(x)),
  tanh: ofPrograms('tanh', 'tanh', (x: number) => tanh(x)),
  trunc: ofPrograms('trunc', 'trunc', (x: number) => trunc(x)),

  clamp: operation('clamp', 6, (x: number, low: number, high: number) => min(max(x, low), high)),
  axpy: operation('axpy', 7, (a: number, x: number, y: number) => a * x + y),
  where: operation('where', 8, (condition: number, x: number, y: number) => (condition ? x : y)),
} as const satisfies Record<string, BuiltInOperation>
