/** A Python program of bench/python that answers one line of JSON for each that it is asked. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { quietEnvironment } from './children.ts'

export class PythonChild<Q extends object, A extends object> {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child
    this.#lines = createInterface(child.stdout)
  }

  /**
   * Starts it with the Python of COREPOOL_BENCH_PYTHON, or `python3`.
   * @returns the program and its first line; null where there is no Python, or a module that it needs is missing
   */
  static async start<Q extends object, A extends object, Hello>(
    name: string,
  ): Promise<{ readonly python: PythonChild<Q, A>; readonly hello: Hello } | null> {
    const path = fileURLToPath(new URL(`../../../bench/python/${name}.py`, import.meta.url))
    const command = process.env['COREPOOL_BENCH_PYTHON'] ?? 'python3'
    const child = spawn(command, [path], { env: quietEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] as never })
    const python = new PythonChild<Q, A>(child as unknown as ChildProcessByStdio<Writable, Readable, null>)
    try {
      await once(child, 'spawn')
      return { python, hello: (await python.#line()) as Hello }
    } catch {
      return null
    }
  }

  async ask(question: Q): Promise<A> {
    const answer = this.#line()
    this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    return (await answer) as A
  }

  async end(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.stdin.end()
    await exited
  }

  async #line(): Promise<unknown> {
    const ended = new AbortController()
    const { signal } = ended
    const closed = once(this.#lines, 'close', { signal }).then(() => {
      throw new Error('the Python program ended before it answered')
    })
    closed.catch(() => {})
    const read = once(this.#lines, 'line', { signal })
    read.catch(() => {})
    try {
      const [line] = (await Promise.race([read, closed])) as [string]
      return JSON.parse(line)
    } finally {
      ended.abort()
    }
  }
}
