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

/** Globals that came after Node 20.19, without a flag, by the release that brought them. */
const newer: ReadonlyMap<string, readonly [major: number, minor: number]> = new Map([
  ['navigator', [21, 0]],
  ['Navigator', [21, 0]],
  ['Iterator', [22, 0]],
  ['WebSocket', [22, 0]],
  ['CloseEvent', [23, 0]],
  ['URLPattern', [23, 8]],
  ['Float16Array', [24, 0]],
  ['SuppressedError', [24, 0]],
  ['DisposableStack', [24, 0]],
  ['AsyncDisposableStack', [24, 0]],
  ['ErrorEvent', [25, 0]],
  ['Storage', [25, 0]],
])

/**
 * Names that a portable function asks for by `typeof` to learn where it runs; that they do not exist here is the answer.
 * `typeof` of any other unknown name would silently give "undefined" for a variable that exists where it was written.
 */
const probed = `
  window document self Deno Bun importScripts WorkerGlobalScope HTMLElement XMLHttpRequest localStorage sessionStorage
  require module exports define __filename __dirname gc
`

const names = (list: string): string[] => list.split(/\s+/).filter((name) => name !== '')
const globals: ReadonlySet<string> = new Set(names(everywhere))
const probedNames: ReadonlySet<string> = new Set([...names(probed), ...newer.keys(), 'EventSource'])

/**
 * True for a global that a child process of this program also has.
 * @param node version of the Node that is asked about
 */
export function isNodeGlobal(name: string, node: string = process.versions.node): boolean {
  if (globals.has(name)) return true
  const since = newer.get(name)
  if (since === undefined) return false
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return major > since[0] || (major === since[0] && minor >= since[1])
}

/** True for a name that `typeof` may ask for although it may not exist. */
export function isProbedName(name: string): boolean {
  return probedNames.has(name)
}
