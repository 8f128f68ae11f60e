/** The one entry of the layer that gives Python's Process. */
export { target, type ModuleTarget } from '../child/index.ts'
export type { ExitStatus, Target } from '../executors/index.ts'
export type { ChildOptions, ProcessOptions } from './options.ts'
export { Process } from './process.ts'
export { activeChildren, cpuCount, currentProcess, parentProcess, usableCpuCount } from './relatives.ts'
export type { ParentProcess, ThisProcess } from './relatives.ts'
export type { ProcessState } from './state.ts'
