/**
 * What this process is among its relatives: its name, whether it is a daemon, and its number among its parent's
 * children.
 *
 * The main program has the values below; a child's are set once, by its bootstrap, before any code of the user runs.
 * They stand on `globalThis` under a registered symbol, so that a second copy of this package in the same process sees
 * the same.
 */

interface CurrentProcess {
  readonly name: string
  readonly daemon: boolean
  /** Numbers of this process and its ancestors, oldest first; empty in the main program. */
  readonly identity: readonly number[]
  /** Processes made here so far. */
  children: number
}

const key = Symbol.for('corepool.current-process')
const holder = globalThis as { [key]?: CurrentProcess }

/** The record of the process that this code runs in. */
export function currentProcess(): CurrentProcess {
  return holder[key] ?? enterProcess('MainProcess', false, [])
}

/** Says what this process is; called by the bootstrap of a child. */
export function enterProcess(name: string, daemon: boolean, identity: readonly number[]): CurrentProcess {
  const current = { name, daemon, identity, children: 0 }
  Object.defineProperty(holder, key, { value: current, configurable: true })
  return current
}

/** The identity of one more child of this process: `[2]` in the main program, `[1, 2]` in its first child. */
export function nextIdentity(): readonly number[] {
  const current = currentProcess()
  current.children += 1
  return [...current.identity, current.children]
}
