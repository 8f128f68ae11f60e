/**
 * The batch job in plain JavaScript: a loop of its own for each dtype, because a loop that has seen several dtypes runs many
 * times slower. This is what the pool's times are compared with.
 */

export function squareInt16(xs: Int16Array): Float64Array {
  const ys = new Float64Array(xs.length)
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] as number
    ys[i] = x * x
  }
  return ys
}

export function cubeInt16(xs: Int16Array): Float64Array {
  const ys = new Float64Array(xs.length)
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] as number
    ys[i] = x * x * x
  }
  return ys
}

export function squareFloat32(xs: Float32Array): Float32Array {
  const ys = new Float32Array(xs.length)
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] as number
    ys[i] = x * x
  }
  return ys
}

export function cubeFloat32(xs: Float32Array): Float32Array {
  const ys = new Float32Array(xs.length)
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] as number
    ys[i] = x * x * x
  }
  return ys
}

export function squareFloat64(xs: Float64Array): Float64Array {
  const ys = new Float64Array(xs.length)
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] as number
    ys[i] = x * x
  }
  return ys
}

export function cubeFloat64(xs: Float64Array): Float64Array {
  const ys = new Float64Array(xs.length)
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] as number
    ys[i] = x * x * x
  }
  return ys
}
