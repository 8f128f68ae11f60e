/**
 * The names that a function finds in every Node process, wherever it was written: what its source may use freely.
 *
 * A fixed list, not a look at `globalThis`: what a program, a test runner or a preload added to its own global object does
 * not exist in the child. The names of CommonJS' module scope (`require`, `module`, …) are no globals and not listed.
 */

const everywhere = `
  undefined NaN Infinity globalThis global eval isFinite isNaN parseFloat parseInt
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
  Object Function Boolean Symbol Number BigInt Math Date String RegExp JSON Intl Reflect Proxy Promise
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  Array ArrayBuffer SharedArrayBuffer Atomics DataView Map Set WeakMap WeakSet WeakRef FinalizationRegistry
  Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array
  Float32Array Float64Array WebAssembly
  process console Buffer queueMicrotask structuredClone atob btoa
  setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate
  URL URLSearchParams TextEncoder TextDecoder TextEncoderStream TextDecoderStream
  AbortController AbortSignal DOMException Event EventTarget CustomEvent MessageEvent
  MessageChannel MessagePort BroadcastChannel Blob File
  fetch FormData Headers Request Response crypto Crypto CryptoKey SubtleCrypto
  performance Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver
  PerformanceObserverEntryList PerformanceResourceTiming
  ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest
  ReadableByteStreamController ReadableStreamDefaultController WritableStream WritableStreamDefaultController
  WritableStreamDefaultWriter TransformStream TransformStreamDefaultController ByteLengthQueuingStrategy
  CountQueuingStrategy CompressionStream DecompressionStream
`

/** Globals of Node releases after 20: allowed where this Node has them, so that the child, the same Node, has them too. */
const newer = `
  Float16Array Iterator SuppressedError DisposableStack AsyncDisposableStack Temporal
  WebSocket CloseEvent ErrorEvent EventSource navigator Navigator Storage URLPattern
`

const names = (list: string): string[] => list.split(/\s+/).filter((name) => name !== '')
const globals: ReadonlySet<string> = new Set(names(everywhere))
const newerGlobals: ReadonlySet<string> = new Set(names(newer))

/** True for a global that a child process of this program also has. */
export function isNodeGlobal(name: string): boolean {
  return globals.has(name) || (newerGlobals.has(name) && name in globalThis)
}
