// The same package in TypeScript: compiled against the types that it ships, then run.
import { Process, cores, cube, isNative, square, target, type Topology } from 'corepool'
import type { double } from './work.js'

const halves: Float32Array = square(Float32Array.of(0.5))
const wide: Float64Array = cube(halves, { dtype: 'float64' })
const child = new Process({
  target: target<typeof double>(new URL('./work.js', import.meta.url), 'double'),
  args: [21],
})
child.start()
const value: number = await child.result
const topology: Topology = cores.topology()
// @ts-expect-error: a string is no operand
const wrong = (): unknown => square('3')
console.log(JSON.stringify({ isNative, wide: [...wide], value, cpus: topology.cpus > 0, wrong: typeof wrong }))
