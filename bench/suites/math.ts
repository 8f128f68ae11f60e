/** The functions of Math against the loop in plain JavaScript, on one core and on two. Bars of issue 8. */
import type { Measurement } from '../harness/bench.ts'
import { againstPython } from './math/against-python.ts'
import { functionLoops } from './math/function-loops.ts'
import { fusedSums } from './math/fused-sums.ts'

export const math: readonly Measurement[] = [
  { name: 'functions', run: functionLoops },
  { name: 'fused sums', run: fusedSums },
  { name: 'numexpr and NumPy', run: againstPython },
]
