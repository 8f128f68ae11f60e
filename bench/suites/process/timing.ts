/** One child, timed: to its result, and to its end. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Process } from 'corepool'
import { quietEnvironment } from '../../harness/children.ts'

export interface Times {
  /** Milliseconds from the start to the value here. */
  readonly result: number
  /** Milliseconds from the start to the end of the child. */
  readonly join: number
}

const env = quietEnvironment()
const square = (n: number): number => n * n

function check(value: unknown): void {
  if (value !== 100) throw new Error(`the square of 10 came back as ${String(value)}`)
}

/** A Process that may use the spare, or not. */
export async function timeProcess(warm: boolean): Promise<Times> {
  const start = performance.now()
  const p = new Process({ target: square, args: [10], env, warm }).start()
  const value = await p.result
  const result = performance.now() - start
  await p.join()
  const join = performance.now() - start
  check(value)
  return { result, join }
}

/** The same by child_process.fork. */
export async function timeFork(): Promise<Times> {
  const start = performance.now()
  const child = fork(fileURLToPath(new URL('../../children/fork-square.cjs', import.meta.url)), ['10'], {
    env,
    serialization: 'advanced',
  })
  const exited = once(child, 'exit')
  const silent = exited.then(([code]) => {
    throw new Error(`the forked child ended with ${String(code)} before it answered`)
  })
  silent.catch(() => {})
  const [value] = (await Promise.race([once(child, 'message'), silent])) as [unknown]
  const result = performance.now() - start
  await exited
  const join = performance.now() - start
  check(value)
  return { result, join }
}

/** Milliseconds in which a spare boots, several times over. */
const PAUSE = 150

/** Leaves a spare the time to boot: what is measured next is not the boot. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE))
}
