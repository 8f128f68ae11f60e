/** The command line and the surroundings of a child: this process's own, as far as they suit a child. */
import type { SpawnOptions } from 'node:child_process'
import { accessSync } from 'node:fs'
import { basename } from 'node:path'
import { ASK_HELLO, bootstrapFile, STARTED_BY } from '../child/index.ts'
import { ownCode, ownProgramOnly } from '../errors/index.ts'
import type { ExecuteOptions } from './execution.ts'

export interface Launch {
  readonly execPath: string
  /** Node's flags. */
  readonly flags: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string | undefined
  readonly stdio: ExecuteOptions['stdio']
  readonly options: SpawnOptions
  /**
   * Whether code that is not ours may run in the child before the bootstrap does: preloads, or another binary. It may
   * listen to the child's messages: what is sent before ours listens too would be lost, so the child is to say hello first.
   */
  readonly runsOtherCode: boolean
}

/** @throws CorepoolError `ERR_NOT_SUPPORTED` where this program's binary would run the program again, and no other was given */
export function launchOf(options: ExecuteOptions): Launch {
  const { cwd, stdio } = options
  if (options.execPath === undefined && isSingleExecutable()) throw ownProgramOnly(options.name, process.execPath)
  const execPath = options.execPath ?? process.execPath
  const flags = options.execArgv ?? inheritedFlags(process.execArgv)
  // Null prototypes, here and below: what was put on Object.prototype must not become a variable of the child, or an option.
  const env: Record<string, string | undefined> = Object.assign(Object.create(null), options.env ?? process.env)
  if (options.env === undefined) leaveDebuggerOut(env)
  for (const name of ofChannel) delete env[name]
  env[STARTED_BY] = String(process.pid)
  const runsOtherCode = execPath !== process.execPath || flags.some(isPreload) || nodeOptions(env).some(isPreload)
  return {
    execPath,
    flags,
    args: [...flags, bootstrapFile, ...(runsOtherCode ? [ASK_HELLO] : [])],
    env,
    cwd,
    stdio,
    runsOtherCode,
    options: Object.assign(Object.create(null), {
      env,
      cwd,
      // As in Python, a child does not read its parent's stdin.
      stdio: stdio === 'inherit' ? ['ignore', 'inherit', 'inherit', 'ipc'] : [stdio, stdio, stdio, 'ipc'],
      // The default would turn typed arrays, and every frame of ours, into objects of text.
      serialization: 'advanced',
      shell: false,
      detached: false,
      windowsHide: true,
    } satisfies SpawnOptions),
  }
}

let isBootstrapThere = false

/**
 * Why the file that a child runs is not there, as in a program into which corepool was bundled; null where it is. Looked for once: without
 * it Node would start, and say on stderr that it finds no such module.
 */
export function missingBootstrap(): unknown {
  if (isBootstrapThere) return null
  try {
    accessSync(bootstrapFile)
  } catch (error) {
    // What this process may not read, a child may.
    if (ownCode(error) === 'ENOENT') return error
  }
  isBootstrapThere = true
  return null
}

/**
 * What tells a child of Node where its channel is and how to read it. Node adds its own to an environment that has them already, and the child
 * takes the first: it would hear nothing, and wait for ever.
 */
const ofChannel = ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'] as const

/** True in a single executable application. To ask takes 0.1 ms, which nobody need wait for in what is called Node. */
function isSingleExecutable(): boolean {
  if (/^node(?:js)?(?:\.exe)?$/i.test(basename(process.execPath))) return false
  return process.getBuiltinModule('node:sea')?.isSea() === true
}

/** The flags in NODE_OPTIONS, and values that stand apart from them. */
export function nodeOptions(env: Launch['env']): string[] {
  return wordsOf(env['NODE_OPTIONS'] ?? '').map(unquoted)
}

/** The words of NODE_OPTIONS as they are written: Node ends one at a space outside of quotes. */
function wordsOf(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|[^ "])+/gs) ?? []
}

/** A word as Node reads it; a backslash means something between quotes only. */
function unquoted(word: string): string {
  return word.replaceAll(/"((?:\\.|[^"\\])*)"/gs, (_, text: string) => text.replaceAll(/\\(.)/gs, '$1'))
}

/**
 * Has a child neither wait for a debugger nor ask for the port of this program's, which is all that such flags are to it. What else
 * NODE_OPTIONS says stays as it is written.
 */
function leaveDebuggerOut(env: Record<string, string | undefined>): void {
  const text = env['NODE_OPTIONS']
  if (text === undefined) return
  const words = wordsOf(text)
  const kept = flagsWithout(ofDebugger, words, unquoted)
  if (kept.length === words.length) return
  if (kept.length > 0) env['NODE_OPTIONS'] = kept.join(' ')
  else delete env['NODE_OPTIONS']
}

/** Flags of a debugger that NODE_OPTIONS may have. */
const ofDebugger = /^--(?:debug-port|inspect(?:-(?:brk|brk-node|port|wait))?)$/

/**
 * Flags that say what the main program is (its text, test runner, watcher), or that open a port which it already has.
 */
const ofMainProgram = new RegExp(
  `^(?:-[ceip]|-pe|--(?:${[
    'build-sea',
    'build-snapshot(?:-.*)?',
    'check',
    'debug-port',
    'entry-url',
    'eval',
    'input-type',
    'interactive',
    'print',
    'snapshot-blob',
    '(?:inspect|test|watch)(?:-.*)?',
  ].join('|')}))$`,
)

/** What Node knows a flag by: without its value, and with dashes, for which Node takes underscores, too. */
export function flagName(argument: string): string {
  return argument.replace(/=.*$/s, '').replaceAll('_', '-')
}

/** `execArgv` without what concerns the main program alone. */
export function inheritedFlags(execArgv: readonly string[]): string[] {
  return flagsWithout(ofMainProgram, execArgv, (argument) => argument)
}

/** @param read gives of a word what Node takes it for */
function flagsWithout(names: RegExp, words: readonly string[], read: (word: string) => string): string[] {
  let isKept = true
  return words.filter((word) => {
    const argument = read(word)
    // What does not start with a dash is the value of the flag before it.
    if (argument.startsWith('-')) isKept = !names.test(flagName(argument))
    return isKept
  })
}

/** True for a flag that runs code before the main program or in its place, or reads such flags from a file. */
function isPreload(flag: string): boolean {
  return /^(?:-r|--(?:require|import|(?:experimental-)?loader|env-file|snapshot-blob|experimental-(?:default-)?config-file))/.test(
    flagName(flag),
  )
}
