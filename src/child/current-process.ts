/**
 * What this process is among its relatives: its name, whether it is a daemon, its number among its parent's children, and
 * its parent.
 *
 * The main program has the values below; a child's are set once, by its bootstrap, before any code of the user runs.
 * They stand on `globalThis` under a registered symbol, so that every copy of this package in the same process sees the
 * same: the bootstrap's own, and the one that the user's code imports.
 */
import type { ParentLink } from './parent-link.ts'
import { STARTED_BY, type TaskTarget } from './protocol.ts'

export interface CurrentProcess {
  readonly name: string
  readonly daemon: boolean
  /** Numbers of this process and its ancestors, oldest first; empty in the main program. */
  readonly identity: readonly number[]
  /** What this process and its ancestors were started with, oldest first: see start-guard.ts; empty in the main program. */
  readonly ancestors: readonly string[]
  /** null in the main program. */
  readonly parent: ParentLink | null
  /** Processes made here so far. */
  children: number
  /** The module whose code starts `target`, where that code may not; `target` is null for a kernel. */
  moduleOnItsWay(target: TaskTarget | null): string | null
  /** This is to be a child, and runs another program in place of the bootstrap: its child would do the same. */
  readonly runsInstead: boolean
}

const key = Symbol.for('corepool.current-process')
const holder = globalThis as { [key]?: CurrentProcess }

const mainProgram = { name: 'MainProcess', daemon: false, identity: [], ancestors: [], parent: null }

const LOADED_FIRST =
  'Code that --import, --require or NODE_OPTIONS load first (other execArgv or env keep it out of a child)'

/**
 * True in a child whose bootstrap has not run yet. A program of its own that something before the bootstrap has started inherits the
 * variable, too; but neither its channel nor, in a thread, which has none, its starter is the one of such a child.
 */
function isBooting(): boolean {
  const starter = process.env[STARTED_BY]
  return starter !== undefined && (process.send !== undefined || starter === String(process.ppid))
}

/** The record of the process that this code runs in. */
export function currentProcess(): CurrentProcess {
  const found = holder[key]
  if (found !== undefined) return found
  if (!isBooting()) return enterProcess(mainProgram, () => null)
  const runsInstead = process.argv[1]?.endsWith('bootstrap.cjs') !== true
  return enterProcess(mainProgram, () => (runsInstead ? null : LOADED_FIRST), runsInstead)
}

/** What the bootstrap of a child does first: code that was loaded before it may start nothing, and nobody else is taken for a child. */
export function noteBootstrap(): void {
  currentProcess()
  delete process.env[STARTED_BY]
}

/** Says what this process is; called by the bootstrap of a child. */
export function enterProcess(
  { name, daemon, identity, ancestors, parent }: Omit<CurrentProcess, 'children' | 'moduleOnItsWay' | 'runsInstead'>,
  moduleOnItsWay: CurrentProcess['moduleOnItsWay'],
  runsInstead = false,
): CurrentProcess {
  const current = { name, daemon, identity, ancestors, parent, children: 0, moduleOnItsWay, runsInstead }
  // No prototype: what was put on Object.prototype must not become part of it.
  Object.defineProperty(holder, key, { __proto__: null, value: current, configurable: true } as PropertyDescriptor)
  return current
}

/** The identity of one more child of this process: `[2]` in the main program, `[1, 2]` in its first child. */
export function nextIdentity(): readonly number[] {
  const current = currentProcess()
  current.children += 1
  return [...current.identity, current.children]
}
