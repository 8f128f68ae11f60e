/**
 * A program that has used the pool (`idle.js pool`) or has not (`idle.js nothing`), and then does nothing: it prints what that
 * costs, and ends if nothing keeps it. Run with --expose-gc, so that garbage is not taken for memory that the pool holds.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { square } from 'corepool'

export interface IdleCost {
  /** Resident bytes that using the pool added. */
  readonly resident: number
  /** CPU time while idle, as a share of one CPU in percent. */
  readonly cpu: number
  /** Threads of the pool. */
  readonly threads: number
}

const IDLE = Number(process.argv[3])
const n = 1e5

/** Resident memory without garbage. */
function resident(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

function poolThreads(): number {
  try {
    const names = readdirSync('/proc/self/task').map((task) => readFileSync(`/proc/self/task/${task}/comm`, 'utf8'))
    return names.filter((name) => name.startsWith('corepool')).length
  } catch {
    return 0
  }
}

const xs = new Float64Array(new SharedArrayBuffer(n * 8)).fill(3)
const out = new Float64Array(new SharedArrayBuffer(n * 8)).fill(1)
resident()
const before = resident()
if (process.argv[2] === 'pool') {
  for (let i = 0; i < 20; i++) square(xs, { out })
  await square.async(xs, { out })
}
const expected = process.argv[2] === 'pool' ? 9 : 1
await sleep(1000)
const start = { usage: process.cpuUsage(), time: performance.now() }
await sleep(IDLE)
const { user, system } = process.cpuUsage(start.usage)
const cpu = ((user + system) / 1e3 / (performance.now() - start.time)) * 100
const added = resident() - before
if (out.some((value) => value !== expected)) throw new Error('wrong values')
const cost: IdleCost = { resident: added, cpu, threads: poolThreads() }
process.stdout.write(`${JSON.stringify(cost)}\n`)
