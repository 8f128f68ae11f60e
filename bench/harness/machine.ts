/** What the figures were measured on. */
import { readFileSync, readdirSync } from 'node:fs'
import { availableParallelism, cpus, release } from 'node:os'
import * as corepool from 'corepool'

export interface Machine {
  readonly cpu: string
  /** CPUs of the machine, and those that this process may use. */
  readonly cpus: number
  readonly usable: number
  /** Sizes as the kernel writes them: `{ L1d: '32K', L2: '1024K' }`; empty where it does not say. */
  readonly caches: Readonly<Record<string, string>>
  readonly system: string
  readonly simd: string
  /** Threads that a call may use, the caller included. */
  readonly threads: number
  readonly engine: 'native' | 'js'
  readonly node: string
}

/** A file's text without the blanks around it; empty where there is none. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function caches(): Record<string, string> {
  const folder = '/sys/devices/system/cpu/cpu0/cache'
  const found: Record<string, string> = {}
  try {
    for (const index of readdirSync(folder).filter((name) => name.startsWith('index'))) {
      const [level, type, size] = ['level', 'type', 'size'].map((name) => text(`${folder}/${index}/${name}`))
      const kind = type === 'Data' ? 'd' : type === 'Instruction' ? 'i' : ''
      if (level && size) found[`L${level}${kind}`] = size
    }
  } catch {
    // Not every system says.
  }
  return found
}

/** What the package says of its threads; it may be older than that part of its surface. */
function fromPackage(): { readonly size?: number; readonly simd?: string } {
  const cores: unknown = Reflect.get(corepool, 'cores')
  if (typeof cores !== 'object' || cores === null) return {}
  const size: unknown = Reflect.get(cores, 'size')
  const topology: unknown = Reflect.get(cores, 'topology')
  const found: unknown = typeof topology === 'function' ? topology.call(cores) : undefined
  const simd: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, 'simd') : undefined
  return { ...(typeof size === 'number' && { size }), ...(typeof simd === 'string' && { simd }) }
}

/** What the CPU can do, where the package does not say what it uses. */
function simdOfCpu(): string {
  if (process.arch === 'arm64') return 'neon'
  const flags = /^flags\s*:(.*)$/m.exec(text('/proc/cpuinfo'))?.[1]?.split(' ') ?? []
  const level = [
    ['avx512f', 'avx512'],
    ['avx2', 'avx2'],
    ['sse2', 'sse2'],
  ].find(([flag]) => flags.includes(flag ?? ''))?.[1]
  return level === undefined ? 'unknown' : `${level} (of the CPU)`
}

export function machine(): Machine {
  const { size, simd } = fromPackage()
  return {
    cpu: cpus()[0]?.model ?? 'unknown CPU',
    cpus: cpus().length,
    usable: availableParallelism(),
    caches: caches(),
    system: `${process.platform}-${process.arch} ${release()}`,
    simd: simd ?? simdOfCpu(),
    threads: size ?? (Number(process.env['COREPOOL_THREADS']) || availableParallelism()),
    engine: corepool.isNative ? 'native' : 'js',
    node: process.version,
  }
}

/** The machine in two lines. */
export function describeMachine(found: Machine): string {
  const sizes = Object.entries(found.caches).map(([level, size]) => `${level} ${size}`)
  const engine = found.engine === 'native' ? 'native pool' : 'plain JavaScript: there is no native addon'
  return (
    `${found.cpu}, ${found.cpus} CPUs (${found.usable} usable)${sizes.length > 0 ? `, ${sizes.join(', ')}` : ''}, ${found.system}\n` +
    `Node ${found.node}, ${engine}, ${found.threads} threads, SIMD ${found.simd}`
  )
}
