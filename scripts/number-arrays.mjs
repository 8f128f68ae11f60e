/**
 * The arrays of number dtypes, for the generators of loops. Float16Like is the type that stands for Float16Array: TypeScript's library
 * for Node 20 has none.
 */
export const numberArrays = {
  float64: 'Float64Array',
  float32: 'Float32Array',
  float16: 'Float16Like',
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  uint8c: 'Uint8ClampedArray',
  int16: 'Int16Array',
  uint16: 'Uint16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
}
