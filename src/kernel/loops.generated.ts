/**
 * The plain-JavaScript loops, one function a dtype, so that each access site sees one kind of array.
 * Written by scripts/generate-loops.mjs; do not edit.
 */

/** Float16Array, where the runtime has it. */
interface Float16Like {
  readonly length: number
  [index: number]: number
}

/** Elements of each operand, and where the first of them is. */
type Operands = readonly Float64Array[]
type Starts = readonly number[]

function squareFloat64(start: number, end: number, output: Float64Array, x: Float64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareFloat32(start: number, end: number, output: Float32Array, x: Float32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareFloat16(start: number, end: number, output: Float16Like, x: Float16Like): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareInt8(start: number, end: number, output: Int8Array, x: Int8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareUint8(start: number, end: number, output: Uint8Array, x: Uint8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareUint8c(start: number, end: number, output: Uint8ClampedArray, x: Uint8ClampedArray): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareInt16(start: number, end: number, output: Int16Array, x: Int16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareUint16(start: number, end: number, output: Uint16Array, x: Uint16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareInt32(start: number, end: number, output: Int32Array, x: Int32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareUint32(start: number, end: number, output: Uint32Array, x: Uint32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v
  }
}

function squareInt64(start: number, end: number, output: BigInt64Array, x: BigInt64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    output[i] = v * v
  }
}

function squareUint64(start: number, end: number, output: BigUint64Array, x: BigUint64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    output[i] = v * v
  }
}

function squareDoubles(count: number, output: Float64Array, at: number, operands: Operands, starts: Starts): void {
  const x = operands[0] as Float64Array
  const xStart = starts[0] as number
  for (let i = 0; i < count; i++) {
    const v = x[xStart + i] as number
    output[at + i] = v * v
  }
}

function cubeFloat64(start: number, end: number, output: Float64Array, x: Float64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeFloat32(start: number, end: number, output: Float32Array, x: Float32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeFloat16(start: number, end: number, output: Float16Like, x: Float16Like): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeInt8(start: number, end: number, output: Int8Array, x: Int8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeUint8(start: number, end: number, output: Uint8Array, x: Uint8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeUint8c(start: number, end: number, output: Uint8ClampedArray, x: Uint8ClampedArray): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeInt16(start: number, end: number, output: Int16Array, x: Int16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeUint16(start: number, end: number, output: Uint16Array, x: Uint16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeInt32(start: number, end: number, output: Int32Array, x: Int32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeUint32(start: number, end: number, output: Uint32Array, x: Uint32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    output[i] = v * v * v
  }
}

function cubeInt64(start: number, end: number, output: BigInt64Array, x: BigInt64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    output[i] = v * v * v
  }
}

function cubeUint64(start: number, end: number, output: BigUint64Array, x: BigUint64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    output[i] = v * v * v
  }
}

function cubeDoubles(count: number, output: Float64Array, at: number, operands: Operands, starts: Starts): void {
  const x = operands[0] as Float64Array
  const xStart = starts[0] as number
  for (let i = 0; i < count; i++) {
    const v = x[xStart + i] as number
    output[at + i] = v * v * v
  }
}

function addFloat64(start: number, end: number, output: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addFloat32(start: number, end: number, output: Float32Array, x: Float32Array, y: Float32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addFloat16(start: number, end: number, output: Float16Like, x: Float16Like, y: Float16Like): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addInt8(start: number, end: number, output: Int8Array, x: Int8Array, y: Int8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addUint8(start: number, end: number, output: Uint8Array, x: Uint8Array, y: Uint8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addUint8c(
  start: number,
  end: number,
  output: Uint8ClampedArray,
  x: Uint8ClampedArray,
  y: Uint8ClampedArray,
): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addInt16(start: number, end: number, output: Int16Array, x: Int16Array, y: Int16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addUint16(start: number, end: number, output: Uint16Array, x: Uint16Array, y: Uint16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addInt32(start: number, end: number, output: Int32Array, x: Int32Array, y: Int32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addUint32(start: number, end: number, output: Uint32Array, x: Uint32Array, y: Uint32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v + w
  }
}

function addInt64(start: number, end: number, output: BigInt64Array, x: BigInt64Array, y: BigInt64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    const w = y[i] as bigint
    output[i] = v + w
  }
}

function addUint64(start: number, end: number, output: BigUint64Array, x: BigUint64Array, y: BigUint64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    const w = y[i] as bigint
    output[i] = v + w
  }
}

function addDoubles(count: number, output: Float64Array, at: number, operands: Operands, starts: Starts): void {
  const x = operands[0] as Float64Array
  const xStart = starts[0] as number
  const y = operands[1] as Float64Array
  const yStart = starts[1] as number
  for (let i = 0; i < count; i++) {
    const v = x[xStart + i] as number
    const w = y[yStart + i] as number
    output[at + i] = v + w
  }
}

function subFloat64(start: number, end: number, output: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subFloat32(start: number, end: number, output: Float32Array, x: Float32Array, y: Float32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subFloat16(start: number, end: number, output: Float16Like, x: Float16Like, y: Float16Like): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subInt8(start: number, end: number, output: Int8Array, x: Int8Array, y: Int8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subUint8(start: number, end: number, output: Uint8Array, x: Uint8Array, y: Uint8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subUint8c(
  start: number,
  end: number,
  output: Uint8ClampedArray,
  x: Uint8ClampedArray,
  y: Uint8ClampedArray,
): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subInt16(start: number, end: number, output: Int16Array, x: Int16Array, y: Int16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subUint16(start: number, end: number, output: Uint16Array, x: Uint16Array, y: Uint16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subInt32(start: number, end: number, output: Int32Array, x: Int32Array, y: Int32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subUint32(start: number, end: number, output: Uint32Array, x: Uint32Array, y: Uint32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v - w
  }
}

function subInt64(start: number, end: number, output: BigInt64Array, x: BigInt64Array, y: BigInt64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    const w = y[i] as bigint
    output[i] = v - w
  }
}

function subUint64(start: number, end: number, output: BigUint64Array, x: BigUint64Array, y: BigUint64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    const w = y[i] as bigint
    output[i] = v - w
  }
}

function subDoubles(count: number, output: Float64Array, at: number, operands: Operands, starts: Starts): void {
  const x = operands[0] as Float64Array
  const xStart = starts[0] as number
  const y = operands[1] as Float64Array
  const yStart = starts[1] as number
  for (let i = 0; i < count; i++) {
    const v = x[xStart + i] as number
    const w = y[yStart + i] as number
    output[at + i] = v - w
  }
}

function mulFloat64(start: number, end: number, output: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulFloat32(start: number, end: number, output: Float32Array, x: Float32Array, y: Float32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulFloat16(start: number, end: number, output: Float16Like, x: Float16Like, y: Float16Like): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulInt8(start: number, end: number, output: Int8Array, x: Int8Array, y: Int8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulUint8(start: number, end: number, output: Uint8Array, x: Uint8Array, y: Uint8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulUint8c(
  start: number,
  end: number,
  output: Uint8ClampedArray,
  x: Uint8ClampedArray,
  y: Uint8ClampedArray,
): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulInt16(start: number, end: number, output: Int16Array, x: Int16Array, y: Int16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulUint16(start: number, end: number, output: Uint16Array, x: Uint16Array, y: Uint16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulInt32(start: number, end: number, output: Int32Array, x: Int32Array, y: Int32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulUint32(start: number, end: number, output: Uint32Array, x: Uint32Array, y: Uint32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v * w
  }
}

function mulInt64(start: number, end: number, output: BigInt64Array, x: BigInt64Array, y: BigInt64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    const w = y[i] as bigint
    output[i] = v * w
  }
}

function mulUint64(start: number, end: number, output: BigUint64Array, x: BigUint64Array, y: BigUint64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    const w = y[i] as bigint
    output[i] = v * w
  }
}

function mulDoubles(count: number, output: Float64Array, at: number, operands: Operands, starts: Starts): void {
  const x = operands[0] as Float64Array
  const xStart = starts[0] as number
  const y = operands[1] as Float64Array
  const yStart = starts[1] as number
  for (let i = 0; i < count; i++) {
    const v = x[xStart + i] as number
    const w = y[yStart + i] as number
    output[at + i] = v * w
  }
}

function divFloat64(start: number, end: number, output: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divFloat32(start: number, end: number, output: Float32Array, x: Float32Array, y: Float32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divFloat16(start: number, end: number, output: Float16Like, x: Float16Like, y: Float16Like): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divInt8(start: number, end: number, output: Int8Array, x: Int8Array, y: Int8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divUint8(start: number, end: number, output: Uint8Array, x: Uint8Array, y: Uint8Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divUint8c(
  start: number,
  end: number,
  output: Uint8ClampedArray,
  x: Uint8ClampedArray,
  y: Uint8ClampedArray,
): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divInt16(start: number, end: number, output: Int16Array, x: Int16Array, y: Int16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divUint16(start: number, end: number, output: Uint16Array, x: Uint16Array, y: Uint16Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divInt32(start: number, end: number, output: Int32Array, x: Int32Array, y: Int32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divUint32(start: number, end: number, output: Uint32Array, x: Uint32Array, y: Uint32Array): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    const w = y[i] as number
    output[i] = v / w
  }
}

function divDoubles(count: number, output: Float64Array, at: number, operands: Operands, starts: Starts): void {
  const x = operands[0] as Float64Array
  const xStart = starts[0] as number
  const y = operands[1] as Float64Array
  const yStart = starts[1] as number
  for (let i = 0; i < count; i++) {
    const v = x[xStart + i] as number
    const w = y[yStart + i] as number
    output[at + i] = v / w
  }
}

function loadFloat64(x: Float64Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeFloat64(block: Float64Array, y: Float64Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadFloat32(x: Float32Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeFloat32(block: Float64Array, y: Float32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadFloat16(x: Float16Like, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeFloat16(block: Float64Array, y: Float16Like, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadInt8(x: Int8Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeInt8(block: Float64Array, y: Int8Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadUint8(x: Uint8Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeUint8(block: Float64Array, y: Uint8Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadUint8c(x: Uint8ClampedArray, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeUint8c(block: Float64Array, y: Uint8ClampedArray, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadInt16(x: Int16Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeInt16(block: Float64Array, y: Int16Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadUint16(x: Uint16Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeUint16(block: Float64Array, y: Uint16Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadInt32(x: Int32Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeInt32(block: Float64Array, y: Int32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

function loadUint32(x: Uint32Array, start: number, block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) block[i] = x[start + i] as number
}

function storeUint32(block: Float64Array, y: Uint32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) y[start + i] = block[i] as number
}

/** One dtype in and out: elements `start` to `end` of the output from those of each operand. */
export const direct = {
  square: {
    float64: squareFloat64,
    float32: squareFloat32,
    float16: squareFloat16,
    int8: squareInt8,
    uint8: squareUint8,
    uint8c: squareUint8c,
    int16: squareInt16,
    uint16: squareUint16,
    int32: squareInt32,
    uint32: squareUint32,
    int64: squareInt64,
    uint64: squareUint64,
  },
  cube: {
    float64: cubeFloat64,
    float32: cubeFloat32,
    float16: cubeFloat16,
    int8: cubeInt8,
    uint8: cubeUint8,
    uint8c: cubeUint8c,
    int16: cubeInt16,
    uint16: cubeUint16,
    int32: cubeInt32,
    uint32: cubeUint32,
    int64: cubeInt64,
    uint64: cubeUint64,
  },
  add: {
    float64: addFloat64,
    float32: addFloat32,
    float16: addFloat16,
    int8: addInt8,
    uint8: addUint8,
    uint8c: addUint8c,
    int16: addInt16,
    uint16: addUint16,
    int32: addInt32,
    uint32: addUint32,
    int64: addInt64,
    uint64: addUint64,
  },
  sub: {
    float64: subFloat64,
    float32: subFloat32,
    float16: subFloat16,
    int8: subInt8,
    uint8: subUint8,
    uint8c: subUint8c,
    int16: subInt16,
    uint16: subUint16,
    int32: subInt32,
    uint32: subUint32,
    int64: subInt64,
    uint64: subUint64,
  },
  mul: {
    float64: mulFloat64,
    float32: mulFloat32,
    float16: mulFloat16,
    int8: mulInt8,
    uint8: mulUint8,
    uint8c: mulUint8c,
    int16: mulInt16,
    uint16: mulUint16,
    int32: mulInt32,
    uint32: mulUint32,
    int64: mulInt64,
    uint64: mulUint64,
  },
  div: {
    float64: divFloat64,
    float32: divFloat32,
    float16: divFloat16,
    int8: divInt8,
    uint8: divUint8,
    uint8c: divUint8c,
    int16: divInt16,
    uint16: divUint16,
    int32: divInt32,
    uint32: divUint32,
  },
} as const

/** On doubles: `count` results, from index `at` of the output on. */
export const onDoubles = {
  square: squareDoubles,
  cube: cubeDoubles,
  add: addDoubles,
  sub: subDoubles,
  mul: mulDoubles,
  div: divDoubles,
} as const

/** Elements widened into a block. */
export const load = {
  float64: loadFloat64,
  float32: loadFloat32,
  float16: loadFloat16,
  int8: loadInt8,
  uint8: loadUint8,
  uint8c: loadUint8c,
  int16: loadInt16,
  uint16: loadUint16,
  int32: loadInt32,
  uint32: loadUint32,
} as const

/** A block stored as JavaScript stores numbers. */
export const store = {
  float64: storeFloat64,
  float32: storeFloat32,
  float16: storeFloat16,
  int8: storeInt8,
  uint8: storeUint8,
  uint8c: storeUint8c,
  int16: storeInt16,
  uint16: storeUint16,
  int32: storeInt32,
  uint32: storeUint32,
} as const
