/** Process against child_process.fork and Python's multiprocessing. Bars of issue 6. */
import type { Measurement } from '../harness/bench.ts'
import { crowds } from './process/crowds.ts'
import { leftovers } from './process/leftovers.ts'
import { starts } from './process/starts.ts'

export const process: readonly Measurement[] = [
  { name: 'starts', run: starts },
  { name: 'crowds', run: crowds },
  { name: 'leftovers', run: leftovers },
]
