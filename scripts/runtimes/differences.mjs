// What docs/installing.md says of Bun and Deno: where they differ from Node, and that it is told and not guessed.
import { deepStrictEqual } from 'node:assert'
import { hypot, kernel, Process, square, tanh } from 'corepool'

const { bun, deno } = process.versions
const codeOf = (action) => {
  try {
    action()
    return 'none'
  } catch (error) {
    return error.code
  }
}

// Functions of Math are not said to have this engine's bits; asked for them, plain JavaScript computes.
const cubes = kernel((x) => x ** 3)
deepStrictEqual(
  [square, tanh, cubes].map(({ info }) => info.accuracy),
  ['exact', 'ulp1', 'ulp1'],
)
deepStrictEqual(hypot.info.accuracy, bun === undefined ? 'exact' : 'ulp1')
const xs = Float64Array.from({ length: 1000 }, (_, i) => i / 7)
const exact = kernel((x) => Math.tanh(x) ** 3, { math: 'exact' })
deepStrictEqual([exact.info.engine, exact(xs)], ['js', xs.map((x) => Math.tanh(x) ** 3)])

// Deno gives a child no flags, and says nothing: that is refused.
const flagged = () => new Process({ target: () => process.execArgv, execArgv: ['--no-warnings'] })
deepStrictEqual(codeOf(flagged), deno === undefined ? 'none' : 'ERR_NOT_SUPPORTED')
if (deno === undefined) deepStrictEqual(await flagged().start().result, ['--no-warnings'])

// Who stops the event of a signal stops it for everybody; and what a signal may be.
const stopped = new AbortController()
stopped.signal.addEventListener('abort', (event) => event.stopImmediatePropagation())
const slow = kernel((x) => Math.sin(Math.cos(Math.sin(Math.cos(x)))))
const call = slow.async(new Float64Array(1e6), { signal: stopped.signal }).catch(({ code }) => code)
stopped.abort()
deepStrictEqual(typeof (await call), 'object')
const proxied = () => square.async(xs, { signal: new Proxy(new AbortController().signal, {}) })
deepStrictEqual(codeOf(proxied), bun === undefined ? 'none' : 'ERR_INVALID_ARG_TYPE')

// A child that dies before it has said a word.
const early = new Process({ target: () => 1, stdio: 'ignore', warm: false }).start()
process.kill(early.pid, 'SIGKILL')
deepStrictEqual(await early.result.catch(({ code, reason }) => [code, reason]), ['ERR_WORKER_DIED', 'signal'])

// One that dies in the middle of its result, which is more than the channel takes while nobody reads.
const cut = new Process({ target: (n) => new Uint8Array(n), args: [2 ** 26], stdio: 'ignore', warm: false }).start()
await cut.ready
const until = performance.now() + 500
while (performance.now() < until);
process.kill(cut.pid, 'SIGKILL')
deepStrictEqual(await cut.result.catch(({ code, reason }) => [code, reason]), ['ERR_WORKER_DIED', 'signal'])
deepStrictEqual(await cut.messages().next(), { value: undefined, done: true })

console.log('as documented')
