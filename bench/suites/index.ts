/** The suites, by the name that `npm run bench --` takes. A new one is a file here and a line below. */
import type { Measurement } from '../harness/bench.ts'
import { core } from './core.ts'
import { kernels } from './kernels.ts'
import { math } from './math.ts'
import { process as processes } from './process.ts'
import { reductions } from './reductions.ts'

export const suites: Readonly<Record<string, readonly Measurement[]>> = {
  core,
  kernels,
  math,
  process: processes,
  reductions,
}
