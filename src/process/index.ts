/** The one entry of the layer that gives Python's Process. */
export { target, type ModuleTarget } from '../child/index.ts'
export type { ExitStatus, Target } from '../executors/index.ts'
export type { ChildOptions, ProcessOptions } from './options.ts'
export { activeChildren, Process } from './process.ts'
export { cpuCount, currentProcess, parentProcess, usableCpuCount } from './relatives.ts'
export type { ParentProcess, ThisProcess } from './relatives.ts'
export type { ProcessState } from './state.ts'
