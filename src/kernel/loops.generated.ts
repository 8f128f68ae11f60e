/**
 * The plain-JavaScript loops, one function a dtype, so that each access site sees one kind of array.
 * Written by scripts/generate-loops.mjs; do not edit.
 */

/** Float16Array, where the runtime has it. */
interface Float16Like {
  readonly length: number
  [index: number]: number
}

function squareFloat64(x: Float64Array, y: Float64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareFloat32(x: Float32Array, y: Float32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareFloat16(x: Float16Like, y: Float16Like, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareInt8(x: Int8Array, y: Int8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareUint8(x: Uint8Array, y: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareUint8c(x: Uint8ClampedArray, y: Uint8ClampedArray, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareInt16(x: Int16Array, y: Int16Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareUint16(x: Uint16Array, y: Uint16Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareInt32(x: Int32Array, y: Int32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareUint32(x: Uint32Array, y: Uint32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v
  }
}

function squareInt64(x: BigInt64Array, y: BigInt64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    y[i] = v * v
  }
}

function squareUint64(x: BigUint64Array, y: BigUint64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    y[i] = v * v
  }
}

function squareBlock(block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const v = block[i] as number
    block[i] = v * v
  }
}

function cubeFloat64(x: Float64Array, y: Float64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeFloat32(x: Float32Array, y: Float32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeFloat16(x: Float16Like, y: Float16Like, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeInt8(x: Int8Array, y: Int8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeUint8(x: Uint8Array, y: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeUint8c(x: Uint8ClampedArray, y: Uint8ClampedArray, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeInt16(x: Int16Array, y: Int16Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeUint16(x: Uint16Array, y: Uint16Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeInt32(x: Int32Array, y: Int32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeUint32(x: Uint32Array, y: Uint32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as number
    y[i] = v * v * v
  }
}

function cubeInt64(x: BigInt64Array, y: BigInt64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    y[i] = v * v * v
  }
}

function cubeUint64(x: BigUint64Array, y: BigUint64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = x[i] as bigint
    y[i] = v * v * v
  }
}

function cubeBlock(block: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const v = block[i] as number
    block[i] = v * v * v
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

/** Same dtype in and out: elements start to end. */
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
} as const

/** On a block of doubles. */
export const onBlock = {
  square: squareBlock,
  cube: cubeBlock,
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
