/** The options of a Process, read once by its constructor: afterwards nothing about them can be wrong. */
import { fileURLToPath } from 'node:url'
import { checkSignal, checkString, isPlainObject, readOptions } from '../arguments/index.ts'
import { flagsNotSupported, invalidType, invalidValue, isArray, isRevoked } from '../errors/index.ts'
import type { ExecuteOptions } from '../executors/index.ts'
import { runsOn } from '../native/index.ts'

/** The surroundings of a child process; a kernel, which has none, ignores them. */
export interface ChildOptions {
  /**
   * The whole environment of the child; this process's, as it is at the start, when absent, without the flags of its debugger in
   * `NODE_OPTIONS`.
   */
  env?: NodeJS.ProcessEnv
  /** Working directory; this process's, as it is at the start, when absent. */
  cwd?: string
  /** The Node binary, as a path or a file: URL; this process's when absent. */
  execPath?: string
  /** Node's flags; this process's when absent, without those of its debugger, test runner, watcher, snapshot and program text. */
  execArgv?: string[]
  /**
   * `inherit` (default): the child prints where this process prints, and has an empty stdin. `pipe`: `stdin`, `stdout`
   * and `stderr` of the Process. `ignore`: neither.
   */
  stdio?: 'inherit' | 'pipe' | 'ignore'
}

export interface ProcessOptions extends ChildOptions {
  /** For messages; `Process-1`, `Process-2`, … when absent, `Process-1:1` for the first child of the first. */
  name?: string
  /**
   * A daemon does not keep this program alive, is ended with it, and can have no children; as this process is when
   * absent.
   */
  daemon?: boolean
  /** Aborting it rejects `result` with an AbortError and ends the process, by force after `killTimeout`. */
  signal?: AbortSignal
  /**
   * Milliseconds from a request to end, by terminate() or `signal`, to the end by force. When absent terminate() never
   * resorts to force, as in Python, and `signal` does so after 5,000.
   */
  killTimeout?: number
  /**
   * false: neither uses the spare child that waits since an earlier Process of the same surroundings, nor keeps one for
   * the next; true when absent. The environment variable COREPOOL_WARM=0 says so for all.
   */
  warm?: boolean
}

/** Options that were checked and copied. */
export interface Settings {
  readonly target: unknown
  readonly args: readonly unknown[]
  readonly name: string | undefined
  readonly daemon: boolean | undefined
  readonly signal: AbortSignal | undefined
  readonly killTimeout: number | undefined
  readonly surroundings: Omit<ExecuteOptions, 'name' | 'daemon' | 'identity'>
}

/** The longest time that a timer of Node can wait. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1

const known = [
  'target',
  'args',
  'name',
  'daemon',
  'signal',
  'killTimeout',
  'warm',
  'env',
  'cwd',
  'execPath',
  'execArgv',
  'stdio',
] as const

/** @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`; `ERR_NOT_SUPPORTED` for flags on Deno */
export function readProcessOptions(options: unknown): Settings {
  if (options === undefined) throw invalidType('the options of new Process()', 'an object with a target', options)
  const given = readOptions('new Process()', options, known)
  return {
    target: given.target,
    args: checkArgs(given.args),
    name: checkString('name', given.name),
    daemon: given.daemon === undefined ? undefined : checkBoolean('daemon', given.daemon),
    signal: checkSignal('signal', given.signal),
    killTimeout: checkKillTimeout(given.killTimeout),
    surroundings: {
      env: checkEnv(given.env),
      cwd: checkString('cwd', given.cwd),
      execPath: pathOf(checkString('execPath', given.execPath)),
      execArgv: checkExecArgv(given.execArgv),
      stdio: checkStdio(given.stdio),
      warm: given.warm === undefined || checkBoolean('warm', given.warm),
    },
  }
}

/** @throws CorepoolError `ERR_INVALID_ARG_TYPE` */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalidType(name, 'true or false', value)
}

/** A copy: what the caller does with his array afterwards changes nothing. */
function checkArgs(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  if (isArray(value)) return Array.from(value)
  throw invalidType(
    'args',
    'an array with one item for each parameter',
    value,
    'A single argument is written args: [x].',
  )
}

function checkKillTimeout(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw invalidType('killTimeout', 'a number of milliseconds', value)
  if (value >= 0 && value <= LONGEST_TIMEOUT) return value
  throw invalidValue('killTimeout', `a number of milliseconds from 0 to ${LONGEST_TIMEOUT}`, value)
}

/** Own variables only, as text; as Node does, those that are undefined are left out. What keeps its contents elsewhere (a Map) has none. */
function checkEnv(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined
  if (!isPlainObject(value) && !isLikeProcessEnv(value)) {
    throw invalidType(
      'env',
      'a plain object of strings',
      value,
      'Variables are added to those of this process by { ...process.env, NAME: value }.',
    )
  }
  const env: Record<string, string> = Object.create(null)
  for (const [name, text] of Object.entries(value)) {
    if (text === undefined) continue
    if (typeof text !== 'string') throw invalidType(`env.${name}`, 'a string', text)
    env[name] = text
  }
  return env
}

/** Node gives it a prototype of its own, and so does what stands in for it where tests run (jest has a copy). */
function isLikeProcessEnv(value: unknown): value is NodeJS.ProcessEnv {
  if (typeof value !== 'object' || value === null || isRevoked(value)) return false
  return Object.getPrototypeOf(value) === Object.getPrototypeOf(process.env)
}

function checkExecArgv(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (!isArray(value)) throw invalidType('execArgv', 'an array of strings', value)
  if (value.length > 0 && runsOn('deno')) throw flagsNotSupported('Deno')
  return Array.from(value, (flag: unknown, index) => {
    if (typeof flag === 'string') return flag
    throw invalidType(`execArgv[${index}]`, 'a string', flag)
  })
}

function checkStdio(value: unknown): ExecuteOptions['stdio'] {
  if (value === undefined) return 'inherit'
  if (value === 'inherit' || value === 'pipe' || value === 'ignore') return value
  throw invalidValue('stdio', "'inherit', 'pipe' or 'ignore'", value)
}

function pathOf(execPath: string | undefined): string | undefined {
  if (execPath?.startsWith('file:') !== true) return execPath
  try {
    return fileURLToPath(execPath)
  } catch {
    throw invalidValue('execPath', 'a path, or a file: URL of a file on this machine', execPath)
  }
}
