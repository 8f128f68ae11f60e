/** Kernels compiled from JavaScript: expressions, and what compiling and calling cost. Bars of issue 7. */
import type { Measurement } from '../harness/bench.ts'
import { callCosts } from './kernels/call-costs.ts'
import { expressions } from './kernels/expressions.ts'
import { fusedLoops } from './kernels/fused-loops.ts'
import { startUp } from './kernels/start-up.ts'

export const kernels: readonly Measurement[] = [
  { name: 'expressions', run: expressions },
  { name: 'fused loops', run: fusedLoops },
  { name: 'start-up', run: startUp },
  { name: 'call costs', run: callCosts },
]
