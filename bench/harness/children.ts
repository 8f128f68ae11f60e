/** Programs of the bench that run in processes of their own: asked over a channel, or run to their end. */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Gate } from './gate.ts'

/** The path of a program of bench/children. */
export function childProgram(name: string): string {
  return fileURLToPath(new URL(`../children/${name}.js`, import.meta.url))
}

/** Our environment, without what makes Node 20 read certificates at each start. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  return env
}

/** An answer of a child, with the CPU time that it used since the last one, in milliseconds. */
export interface Answer<T> {
  readonly value: T
  readonly cpu: number
}

/** A child that answers one question after the other. */
export class AskedChild<Q extends object, T> {
  readonly #child: ChildProcess
  readonly #gate: Gate

  constructor(program: string, args: readonly string[], gate: Gate) {
    this.#gate = gate
    this.#child = fork(childProgram(program), args, { env: quietEnvironment(), serialization: 'advanced' })
  }

  async ask(question: Q): Promise<T> {
    const ended = new AbortController()
    const { signal } = ended
    const gone = once(this.#child, 'exit', { signal }).then(([code]) => {
      throw new Error(`a child of the bench ended with ${String(code)} before it answered`)
    })
    // Whichever loses is aborted, and its rejection is nobody's.
    gone.catch(() => {})
    const answered = once(this.#child, 'message', { signal })
    answered.catch(() => {})
    this.#child.send(question)
    try {
      const [{ value, cpu }] = (await Promise.race([answered, gone])) as [Answer<T>]
      this.#gate.report(cpu)
      return value
    } finally {
      ended.abort()
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}

/** How a program ended, and what it printed. */
export interface EndedChild {
  readonly stdout: string
  readonly code: number | null
}

/** Runs a program of bench/children to its end. `onOutput` hears as soon as it has printed something. */
export async function runChild(
  program: string,
  {
    args = [],
    execArgv = [],
    onOutput,
  }: { args?: string[]; execArgv?: string[]; onOutput?: (child: ChildProcess) => void },
): Promise<EndedChild> {
  const options = { env: quietEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'] }
  const child = spawn(process.execPath, [...execArgv, childProgram(program), ...args], options)
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout === '') onOutput?.(child)
    stdout += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { stdout, code }
}
