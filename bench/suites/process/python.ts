/** Python's multiprocessing, asked from here: start() and join() of one process, in a program that stays. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export type StartMethod = 'fork' | 'forkserver' | 'spawn'

/** From build/bench/suites/process/ as from bench/suites/process/: the program is not compiled. */
const program = ['../../children/', '../../../../bench/children/']
  .map((folder) => fileURLToPath(new URL(`${folder}start_and_join.py`, import.meta.url)))
  .find((path) => existsSync(path))

export class Python {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child
    this.#lines = createInterface(child.stdout)
  }

  /** null where there is no python3 that can do it. */
  static async find(): Promise<Python | null> {
    if (program === undefined) return null
    const child = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'ignore'] })
    child.stdin.on('error', () => {})
    const python = new Python(child)
    const gone = new Promise<null>((resolve) =>
      child.once('error', () => resolve(null)).once('exit', () => resolve(null)),
    )
    return Promise.race([gone, python.startAndJoin('fork').then(() => python)])
  }

  /** Milliseconds from start() to the end of join(). */
  async startAndJoin(method: StartMethod): Promise<number> {
    const line = once(this.#lines, 'line')
    this.#child.stdin.write(`${method}\n`)
    const [text] = (await line) as [string]
    return Number(text)
  }

  async end(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.stdin.end()
    await exited
  }
}
