/** What a program, or a target, can learn of the process that it runs in, and of the machine under it. */
import { currentProcess as currentRecord, type ParentLink } from '../child/index.ts'
import { cpuCounts } from '../native/index.ts'

/** The process that code runs in. */
export interface ThisProcess {
  /** `MainProcess` for a program that no Process has started. */
  readonly name: string
  readonly pid: number
  readonly daemon: boolean
}

export type ParentProcess = ParentLink

/** The process that this code runs in, as its Process was at the start. */
export function currentProcess(): ThisProcess {
  const { name, daemon } = currentRecord()
  return Object.freeze({ name, pid: process.pid, daemon })
}

/** The process that has started this one by a Process; null in the main program. */
export function parentProcess(): ParentProcess | null {
  return currentRecord().parent
}

/** All CPUs of the machine, at least 1. */
export function cpuCount(): number {
  return cpuCounts().cpus
}

/** The CPUs that the affinity set and the control groups leave this process, at least 1; a part of one counts as one. */
export function usableCpuCount(): number {
  const { usable, quota } = cpuCounts()
  return Math.max(1, Math.min(usable, quota === null ? Infinity : Math.ceil(quota)))
}
