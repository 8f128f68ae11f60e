/** The plain JavaScript that a caller would write by hand; one function an operation, float64 only, so each stays fast. */

export function squareInto(xs: Float64Array, out: Float64Array): Float64Array {
  for (let i = 0; i < xs.length; i++) {
    const v = xs[i] as number
    out[i] = v * v
  }
  return out
}

export function cubeInto(xs: Float64Array, out: Float64Array): Float64Array {
  for (let i = 0; i < xs.length; i++) {
    const v = xs[i] as number
    out[i] = v * v * v
  }
  return out
}
