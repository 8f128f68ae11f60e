/**
 * The element types of typed arrays: their names, their arrays, and their codes, which are those of the Rust side.
 */
import { builtinGetter } from './builtin-getter.ts'

/** `float16`, where the runtime (and so the caller's TypeScript library) has Float16Array. */
type Float16 = typeof globalThis extends { Float16Array: { prototype: infer A } }
  ? { float16: A }
  : Record<never, never>

/** The typed array of each dtype. */
export interface Arrays extends Float16 {
  float64: Float64Array
  float32: Float32Array
  int8: Int8Array
  uint8: Uint8Array
  uint8c: Uint8ClampedArray
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
}

/** The name of an element type. */
export type DType = keyof Arrays

/** Any typed array that kernels take: its elements are numbers, or bigints. */
export type NumericArray = Arrays[DType]

/** What the library knows of a dtype. */
export interface DTypeInfo {
  readonly name: DType
  /** The discriminant of the Rust side's `ElementType`. */
  readonly code: number
  /** Bytes of an element. */
  readonly size: number
  readonly isBigint: boolean
  /** An array over `buffer`, or a new one of that many elements; throws what the constructor throws. */
  readonly create: (source: ArrayBufferLike | number, byteOffset?: number, length?: number) => NumericArray
}

interface ArrayConstructor {
  readonly BYTES_PER_ELEMENT: number
  new (source: ArrayBufferLike | number, byteOffset?: number, length?: number): NumericArray
}

// Captured before anybody could replace it: who is asked for a dtype is asked for an array over moved memory next.
const infoOf = Function.prototype.call.bind(Map.prototype.get) as unknown as (
  infos: ReadonlyMap<unknown, DTypeInfo>,
  name: unknown,
) => DTypeInfo | undefined

/** Frozen, since all calls share it: who could see it could replace `create`, through which moved memory passes. */
function entry(name: string, constructor: ArrayConstructor, code: number, isBigint = false): DTypeInfo {
  return Object.freeze<DTypeInfo>({
    name: name as DType,
    code,
    size: constructor.BYTES_PER_ELEMENT,
    isBigint,
    create: (source, byteOffset, length) => new constructor(source, byteOffset, length),
  })
}

const float16Array = (globalThis as { Float16Array?: ArrayConstructor }).Float16Array

const float64 = entry('float64', Float64Array, 0)
const float32 = entry('float32', Float32Array, 1)
const float16 = float16Array && entry('float16', float16Array, 2)
const int8 = entry('int8', Int8Array, 3)
const uint8 = entry('uint8', Uint8Array, 4)
const uint8c = entry('uint8c', Uint8ClampedArray, 5)
const int16 = entry('int16', Int16Array, 6)
const uint16 = entry('uint16', Uint16Array, 7)
const int32 = entry('int32', Int32Array, 8)
const uint32 = entry('uint32', Uint32Array, 9)
const int64 = entry('int64', BigInt64Array, 10, true)
const uint64 = entry('uint64', BigUint64Array, 11, true)

const all = [float64, float32, int8, uint8, uint8c, int16, uint16, int32, uint32, int64, uint64, float16].filter(
  (info) => info !== undefined,
)

const byName = new Map<unknown, DTypeInfo>(all.map((info) => [info.name, info]))

/** The names of all dtypes that this runtime has. */
export const dtypeNames: readonly string[] = all.map((info) => info.name)

/** The dtype of that name; undefined for anything else. */
export function dtypeByName(name: unknown): DTypeInfo | undefined {
  return infoOf(byName, name)
}

const tagOf = builtinGetter<string | undefined>(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)

/**
 * The dtype of a typed array, whatever its subclass (a Buffer is `uint8`); undefined for anything else. By the name that
 * `%TypedArray%.prototype[Symbol.toStringTag]` gives, which nobody can forge; compared one by one, since to look a text up in a map
 * takes longer than reading it.
 */
export function dtypeOf(value: unknown): DTypeInfo | undefined {
  switch (tagOf(value)) {
    case 'Float64Array':
      return float64
    case 'Float32Array':
      return float32
    case 'Int32Array':
      return int32
    case 'Uint32Array':
      return uint32
    case 'Uint8Array':
      return uint8
    case 'Uint8ClampedArray':
      return uint8c
    case 'Int8Array':
      return int8
    case 'Int16Array':
      return int16
    case 'Uint16Array':
      return uint16
    case 'BigInt64Array':
      return int64
    case 'BigUint64Array':
      return uint64
    case 'Float16Array':
      return float16
    default:
      return undefined
  }
}

/** True for a typed array of numbers or bigints. */
export function isNumericArray(value: unknown): value is NumericArray {
  return dtypeOf(value) !== undefined
}
