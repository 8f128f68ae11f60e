/** One contender that makes a new array at each call: `fresh-output.js kernel|loop|map n`. */
import { setImmediate as turn } from 'node:timers/promises'
import { square } from 'corepool'
import { freshCheck, freshLoop } from '../harness/fresh-functions.ts'
import { filled } from '../suites/core/subjects.ts'
import { warmUp } from '../suites/core/warm-up.ts'
import { answer } from './answer.ts'

/** So many groups of so many calls; the answer is each group's nanoseconds a call. */
export interface FreshQuestion {
  readonly mode: 'turning' | 'synchronous'
  readonly groups: number
  readonly calls: number
}

const [contender = '', count] = process.argv.slice(2)
await warmUp()
const xs = filled(new Float64Array(Number(count)))
const loop = freshLoop<Float64Array>('v * v')
const firstWrong = freshCheck<Float64Array>('v * v', false)
const calls: Record<string, () => Float64Array> = {
  kernel: () => square(xs),
  loop: () => {
    const out = new Float64Array(xs.length)
    loop(xs, out)
    return out
  },
  map: () => xs.map((v) => v * v),
}
const call = calls[contender]
if (call === undefined) throw new Error(`there is no contender ${contender}`)

function check(values: Float64Array): void {
  const wrong = firstWrong(xs, values)
  if (wrong !== -1 || values.length !== xs.length) throw new Error(`${contender} gives a wrong value at ${wrong}`)
}

answer(async ({ mode, groups, calls: each }: FreshQuestion) => {
  check(call())
  const samples: number[] = []
  let last: Float64Array = xs
  for (let group = 0; group < groups; group++) {
    const start = performance.now()
    for (let i = 0; i < each; i++) {
      last = call()
      if (mode === 'turning') await turn()
    }
    samples.push(((performance.now() - start) * 1e6) / each)
  }
  check(last)
  return samples
})
