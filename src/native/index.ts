/** The one entry of the layer that knows the native addon. */
export type { Binding } from './binding.ts'
export { binding, bindingFile, requireBinding } from './loaded.ts'
export { cores, type Cores, type CoreStats, type Topology } from './cores.ts'
export { clearTimeout, now, setImmediate, setTimeout } from './clock.ts'
export { allBound, allHanded, handed, placeOf, type Handed, type HandedNumbers, type HandedProgram } from './handed.ts'
export { JobTable, type JobEnd, type JobProgram, type JobRequest, type RunningJob } from './jobs.ts'
export { isMarkedWorker } from './main-thread.ts'
export { ResultMemory } from './result-memory.ts'
