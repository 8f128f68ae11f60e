/** The native core: the pool, the memory system and the binding, with square and cube as the work. Bars of issue 4. */
import type { Measurement } from '../harness/bench.ts'
import { callCosts } from './core/call-costs.ts'
import { freshOutputs } from './core/fresh-outputs.ts'
import { idlePool } from './core/idle-pool.ts'
import { importCost } from './core/import-cost.ts'
import { kernelProcess } from './core/kernel-process.ts'
import { limits } from './core/limits.ts'
import { loopDelay } from './core/loop-delay.ts'
import { plainLoops } from './core/plain-loops.ts'
import { tinyArrays } from './core/tiny-arrays.ts'
import { warmUp } from './core/warm-up.ts'

export const core: readonly Measurement[] = [
  { name: 'warm-up', run: warmUp },
  { name: 'limits', run: limits },
  { name: 'plain loops', run: plainLoops },
  { name: 'tiny arrays', run: tinyArrays },
  { name: 'fresh outputs', run: freshOutputs },
  { name: 'call costs', run: callCosts },
  { name: 'event-loop delay', run: loopDelay },
  { name: 'kernel as a process', run: kernelProcess },
  { name: 'idle pool', run: idlePool },
  { name: 'import', run: importCost },
]
