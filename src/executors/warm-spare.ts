/**
 * The warm spare: one child process that is booted and waits, so that the next Process starts in a millisecond or two.
 *
 * It is used only where the child would be the same as a new one: same binary, flags, environment, directory, standard
 * streams and rights. It is invisible: it keeps nothing alive, prints nothing, ends when it is idle for long and with this
 * program, and runs the code of one Process at most. There is none before a first Process has delivered, none where other
 * code runs before ours or where Node's flags make every child noticed, none in a worker_thread, and none with COREPOOL_WARM=0.
 */
import { fstatSync, readFileSync, statSync, type Stats } from 'node:fs'
import { getPriority } from 'node:os'
import type { Rehearse } from '../child/index.ts'
import { bindingFile, clearTimeout, isMarkedWorker, setTimeout } from '../native/index.ts'
import { flagName, nodeOptions, type Launch } from './launch.ts'
import { abandon, spawnChild, type StartedChild } from './spawn-child.ts'

/** Milliseconds after which a spare that nobody used ends. */
const IDLE = 10_000

/**
 * Milliseconds between the end of a child and the start of a spare: a program that is done ends meanwhile, and one that
 * goes on starts its next Process, by the side of which the spare then boots. Of Processes one after the other each took 20 ms
 * so on two CPUs, and 27 with 20 ms here. A spare that boots as soon as the outcome is there makes it 17, but a program that
 * ends with its child, as most do, would wait for a fork (2 ms) in vain.
 */
const AFTER_END = 1

/**
 * The same for a child that goes on after its outcome, or has only started: longer than a boot (28 ms), so that the second of two
 * that were started at once does not share its CPU with a spare. With two CPUs, 10 and 50 make no difference.
 */
const WHILE_IT_RUNS = 50

/** Bytes of available memory below which there is none: an idle child takes some 50 MB. */
const LEAST_MEMORY = 2 ** 28

class Spare {
  /** What it was booted with. */
  readonly shape: string
  readonly #child: StartedChild
  readonly #idle: NodeJS.Timeout

  constructor(child: StartedChild, shape: string) {
    this.shape = shape
    this.#child = child
    this.#idle = setTimeout(() => this.end(), IDLE).unref()
    child.process.once('exit', this.#forget)
    this.#setRefs('unref')
    child.process.send(rehearse, () => {})
  }

  /** Gives it away; null, and its end, when it has died or cannot be looked at: held, it would keep this program alive for ever. */
  take(): StartedChild | null {
    if (!isAlive(this.#child.pid)) {
      this.end()
      return null
    }
    try {
      this.#forget()
      this.#setRefs('ref')
    } catch (error) {
      abandon(this.#child.process)
      throw error
    }
    return this.#child
  }

  end(): void {
    this.#forget()
    this.#child.process.kill('SIGKILL')
  }

  readonly #forget = (): void => {
    clearTimeout(this.#idle)
    this.#child.process.removeListener('exit', this.#forget)
    if (spare === this) spare = null
  }

  #setRefs(method: 'ref' | 'unref'): void {
    const { process: made } = this.#child
    made[method]()
    // Bun's channel has no such methods, whatever the types say.
    made.channel?.[method]?.()
    for (const stream of made.stdio as readonly ({ ref?(): void; unref?(): void } | null)[]) stream?.[method]?.()
  }
}

const rehearse: Rehearse = ['rehearse', bindingFile]

let spare: Spare | null = null
let refill: NodeJS.Timeout | undefined

/** The spare, if it is as a child launched now would be. */
export function takeSpare(launch: Launch): StartedChild | null {
  if (spare === null || !mayBeWarm(launch) || shapeOf(launch) !== spare.shape) return null
  // First: when the child is there, nothing is left that may throw.
  keepSpare(launch, 'runs')
  return spare.take()
}

/**
 * A child that was launched so has delivered: the next one shall find a spare.
 * @param state whether it goes on, or has ended
 */
export function keepSpare(launch: Launch, state: 'runs' | 'ended'): void {
  if (!mayBeWarm(launch)) return
  clearTimeout(refill)
  refill = setTimeout(boot, state === 'ended' ? AFTER_END : WHILE_IT_RUNS, launch).unref()
}

/** Takes the place of a spare of another shape: the next Process is most likely as the last one was. */
function boot(launch: Launch): void {
  const shape = shapeOf(launch)
  if (shape === null || shape === spare?.shape || isShortOfMemory()) return
  // Where this program cannot look at itself (the permission model), no spare could ever be given away.
  if (!isAlive(process.pid)) return
  spare?.end()
  const child = spawnSpare(launch)
  if (child !== null) spare = new Spare(child, shape)
}

/** Why there is none does not matter here: the next Process is started cold, and tells. */
function spawnSpare(launch: Launch): StartedChild | null {
  try {
    const child = spawnChild(launch)
    return child.process === null ? null : child
  } catch {
    return null
  }
}

function mayBeWarm(launch: Launch): boolean {
  // The loop of events of a worker_thread ends before the program does: a spare that is killed then would stay a zombie, as nobody asks for
  // its status any more.
  return process.env['COREPOOL_WARM'] !== '0' && !launch.runsOtherCode && !isMarkedWorker && !isNoticed(launch)
}

/** True when a child opens a port, writes a file, or prints something by its mere existence. */
function isNoticed({ flags, env }: Launch): boolean {
  const noticed = /^--(?:inspect|cpu-prof|heap-prof|heapsnapshot|perf|prof|report|trace|diagnostic)/
  return env['NODE_DEBUG'] !== undefined || [...flags, ...nodeOptions(env)].some((flag) => noticed.test(flagName(flag)))
}

/** Everything in which two children of this process can differ before they know their task; null when it cannot be told. */
function shapeOf({ execPath, flags, env, cwd, stdio }: Launch): string | null {
  try {
    const rights = [process.umask(), process.getuid?.(), process.geteuid?.(), process.getgid?.(), process.getegid?.()]
    // Where it prints: this process may have put another file in the place of its stdout.
    const prints = stdio === 'inherit' ? [1, 2].map((descriptor) => identityOf(fstatSync(descriptor))) : []
    // What a path leads to may have been replaced. A spare is in its directory, whose number is therefore given to no other.
    const places = [execPath, cwd ?? '.'].map((path) => identityOf(statSync(path)))
    const surroundings = [execPath, flags, cwd ?? process.cwd(), places, stdio, prints, rights, process.getgroups?.()]
    return JSON.stringify([surroundings, getPriority(), Object.entries(env)])
  } catch {
    return null
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`
}

function isShortOfMemory(): boolean {
  // Newer than the oldest Node that this runs on.
  const { availableMemory } = process as { availableMemory?: () => number }
  return availableMemory !== undefined && availableMemory() < LEAST_MEMORY
}

/** False for a process that has died of which this program has not heard yet, and where Linux does not let it look. */
function isAlive(pid: number): boolean {
  try {
    // Its sizes in memory, which are 0 when it has none any more. Of its state `stat` tells, but takes 0.2 ms to put together.
    return !readFileSync(`/proc/${pid}/statm`, 'latin1').startsWith('0 ')
  } catch {
    return process.platform !== 'linux'
  }
}
