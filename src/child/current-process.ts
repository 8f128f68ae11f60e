/**
 * What this process is among its relatives: its name, whether it is a daemon, its number among its parent's children, and
 * its parent.
 *
 * The main program has the values below; a child's are set once, by its bootstrap, before any code of the user runs.
 * They stand on `globalThis` under a registered symbol, so that every copy of this package in the same process sees the
 * same: the bootstrap's own, and the one that the user's code imports.
 */
import type { ParentLink } from './parent-link.ts'

export interface CurrentProcess {
  readonly name: string
  readonly daemon: boolean
  /** Numbers of this process and its ancestors, oldest first; empty in the main program. */
  readonly identity: readonly number[]
  /** null in the main program. */
  readonly parent: ParentLink | null
  /** Processes made here so far. */
  children: number
  /** The module that the code which asks is part of the import of, when that module is imported as a target. */
  moduleOnItsWay(): string | null
}

const key = Symbol.for('corepool.current-process')
const holder = globalThis as { [key]?: CurrentProcess }

/** The record of the process that this code runs in. */
export function currentProcess(): CurrentProcess {
  return holder[key] ?? enterProcess({ name: 'MainProcess', daemon: false, identity: [], parent: null }, () => null)
}

/** Says what this process is; called by the bootstrap of a child. */
export function enterProcess(
  { name, daemon, identity, parent }: Omit<CurrentProcess, 'children' | 'moduleOnItsWay'>,
  moduleOnItsWay: () => string | null,
): CurrentProcess {
  const current = { name, daemon, identity, parent, children: 0, moduleOnItsWay }
  Object.defineProperty(holder, key, { value: current, configurable: true })
  return current
}

/** The identity of one more child of this process: `[2]` in the main program, `[1, 2]` in its first child. */
export function nextIdentity(): readonly number[] {
  const current = currentProcess()
  current.children += 1
  return [...current.identity, current.children]
}
