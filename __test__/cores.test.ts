import { readFileSync } from 'node:fs'
import { availableParallelism, cpus as cpusOfMachine } from 'node:os'
import { Worker } from 'node:worker_threads'
import { cores, kernel, pow, square, type CoreStats, type Topology } from 'corepool'
import { afterEach, describe, expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

interface State {
  size: number
  topology: Topology
  stats: CoreStats
  threads: { task: string; cpus: string }[]
}
interface Report {
  before: State
  after: (State & { right: boolean; resized: Pick<State, 'size' | 'threads'> })[]
  allowed: string
}

/** `0-2,5` as [0, 1, 2, 5]. */
function cpuList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

/** What a program of its own reports that asks for these sizes, one after the other. */
async function report(wishes: (number | 'all')[], env: NodeJS.ProcessEnv = {}): Promise<Report> {
  const { code, stdout, stderr } = await runNode([program('cores.mjs'), ...wishes.map(String)], env)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout) as Report
}

const usable = cpuList(/Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '')
const counters = ['chunks', 'fresh', 'jobs', 'kept', 'out', 'parks', 'recycled', 'returned', 'wakes']

afterEach(() => cores.resize())

describe('cores.size', () => {
  test('is the number of usable CPUs, and reading it starts no thread', async () => {
    const { before } = await report([])
    expect(before.size).toBe(before.topology.usable.length)
    expect(before.threads).toEqual([])
    expect(before.topology.pinned).toEqual([])
    expect(before.stats).toMatchObject({ jobs: 0, chunks: 0, wakes: 0, parks: 0 })
  })

  test('is what COREPOOL_THREADS says', async () => {
    expect((await report([], { COREPOOL_THREADS: '3' })).before.size).toBe(3)
  })

  test('cannot be read where COREPOOL_THREADS means nothing', async () => {
    const source =
      "import { cores } from 'corepool'; try { cores.size } catch (error) { console.log(error.code, error.name) }"
    const { stdout } = await runNode(['--input-type=module', '--eval', source], { COREPOOL_THREADS: 'many' })
    expect(stdout).toBe('ERR_INVALID_ARG_VALUE CorepoolError\n')
  })

  test('cannot be set', () => {
    expect(() => Object.assign(cores, { size: 3 })).toThrow(TypeError)
  })
})

describe('cores.resize', () => {
  test('gives the pool so many threads, as the kernel sees them: one a CPU where they are as many, else on all', async () => {
    const all = usable.length
    const { before, after, allowed } = await report([1, 3, all, 'all', all + 1, 'all'])
    expect(before.threads).toEqual([])
    expect(after.map(({ size }) => size)).toEqual([1, 3, all, all, all + 1, all])
    for (const { right, size, threads, topology } of after) {
      expect(right).toBe(true)
      const expected = size === all ? usable.map(String) : Array.from({ length: size }, () => allowed)
      expect(threads.map(({ cpus }) => cpus).toSorted()).toEqual(expected.toSorted())
      expect(topology.pinned).toEqual(usable)
    }
    const [, , first, second] = after
    expect(second?.threads).toEqual(first?.threads)
  })

  test('before the first call starts no thread, and the first call then starts so many', async () => {
    const { after } = await report([2], { COREPOOL_THREADS: '5' })
    expect(after[0]?.resized).toEqual({ size: 2, threads: [] })
    expect(after[0]?.threads.length).toBe(2)
  })

  test('takes as many as the largest number', () => {
    const source = "import { cores } from 'corepool'; cores.resize(4096); console.log(cores.size)"
    return expect(runNode(['--input-type=module', '--eval', source])).resolves.toMatchObject({ stdout: '4096\n' })
  })

  test('leaves threads unpinned that were', async () => {
    const { after, allowed } = await report([usable.length, 3], { COREPOOL_PIN: '0' })
    for (const { threads, topology } of after) {
      expect(new Set(threads.map(({ cpus }) => cpus))).toEqual(new Set([allowed]))
      expect(topology.pinned).toEqual([])
    }
  })

  test.each([
    ['a string', '2', 'ERR_INVALID_ARG_TYPE'],
    ['null', null, 'ERR_INVALID_ARG_TYPE'],
    ['a bigint', 2n, 'ERR_INVALID_ARG_TYPE'],
    ['an object', new Number(2), 'ERR_INVALID_ARG_TYPE'],
    ['zero', 0, 'ERR_INVALID_ARG_VALUE'],
    ['a negative number', -1, 'ERR_INVALID_ARG_VALUE'],
    ['a fraction', 1.5, 'ERR_INVALID_ARG_VALUE'],
    ['NaN', Number.NaN, 'ERR_INVALID_ARG_VALUE'],
    ['infinity', Infinity, 'ERR_INVALID_ARG_VALUE'],
    ['one too many', 4097, 'ERR_INVALID_ARG_VALUE'],
    ['more than 32 bits hold', 2 ** 32 + 1, 'ERR_INVALID_ARG_VALUE'],
  ])('refuses %s, and changes nothing', (_what, threads, code) => {
    cores.resize(2)
    expect(() => cores.resize(threads as number)).toThrow(expect.objectContaining({ name: 'CorepoolError', code }))
    expect(cores.size).toBe(2)
  })

  test('while asynchronous calls run: every value is right', async () => {
    const arrays = Array.from({ length: 12 }, (_, k) => new Float64Array(400_000).map((_v, i) => i + k))
    for (let round = 0; round < 4; round++) {
      const running = arrays.map((xs) => square.async(xs))
      for (const threads of [1, 4, 2, 3]) {
        cores.resize(threads)
        expect(cores.size).toBe(threads)
      }
      const results = await Promise.all(running)
      results.forEach((ys, k) => expect(ys.every((v, i) => v === (i + k) ** 2)).toBe(true))
    }
  })

  test('by several worker_threads, while others call: every value is right', async () => {
    const specifier = JSON.stringify(import.meta.resolve('corepool'))
    const source = `
      import { parentPort, workerData } from 'node:worker_threads'
      import { cores, square } from ${specifier}
      const xs = Float64Array.from({ length: 200_000 }, (_, i) => i + workerData)
      let good = 0
      for (let i = 0; i < 20; i++) {
        const later = square.async(xs)
        if (workerData < 2) cores.resize(1 + ((i + workerData) % 3))
        const isRight = (ys) => ys.every((v, j) => v === (j + workerData) ** 2)
        if (isRight(square(xs)) && isRight(await later)) good++
      }
      parentPort.postMessage(good)
    `
    const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`)
    const answers = await Promise.all(
      [0, 1, 2].map((workerData) => {
        const worker = new Worker(url, { workerData })
        return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      }),
    )
    expect(answers).toEqual([20, 20, 20])
  })
})

describe('cores.topology', () => {
  test('tells what the kernel tells', () => {
    const topology = cores.topology()
    expect(topology.usable).toEqual(usable)
    expect(topology.cpus).toBe(cpusOfMachine().length)
    expect(topology.quota === null || topology.quota > 0).toBe(true)
    expect(topology.cpus).toBe(cpuList(readFileSync('/sys/devices/system/cpu/online', 'utf8').trim()).length)
    const size = readFileSync('/sys/devices/system/cpu/cpu0/cache/index0/size', 'utf8').trim()
    expect(topology.caches['L1d']).toBe(Number.parseInt(size) * 1024)
  })

  test('has the vector instructions of the CPU, at most those that COREPOOL_SIMD names', async () => {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
    const found = flags.includes('avx512bw') ? 'avx512' : flags.includes('avx2') ? 'avx2' : 'sse2'
    if (process.arch === 'x64') expect(cores.topology().simd).toBe(found)
    const { before } = await report([], { COREPOOL_SIMD: 'sse2' })
    expect(before.topology.simd).toBe(process.arch === 'x64' ? 'sse2' : 'neon')
  })

  test('refuses a COREPOOL_SIMD that means nothing, naming what does', async () => {
    const { code, stderr } = await runNode([program('cores.mjs')], { COREPOOL_SIMD: 'mmx' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/CorepoolError: COREPOOL_SIMD cannot be "mmx"\. Set it to sse2, avx2, avx512 or neon/)
    expect(stderr).toMatch(/ERR_INVALID_ARG_VALUE/)
  })

  test('refuses it with that code, too, where kernels tell their level, and lets them compute', async () => {
    const { stdout, stderr } = await runNode([program('unknown-simd.mjs')], { COREPOOL_SIMD: 'mmx' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ answers: Array(4).fill('ERR_INVALID_ARG_VALUE'), values: [1, 4, 2, 3] })
  })

  test('is a plain object that cannot be changed, as are its parts', () => {
    const topology = cores.topology()
    expect(Object.keys(topology).toSorted()).toEqual([
      'caches',
      'cpus',
      'diagnostic',
      'pinned',
      'quota',
      'simd',
      'usable',
    ])
    const parts = [topology, topology.usable, topology.pinned, topology.caches]
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true)
    expect(Object.getPrototypeOf(topology)).toBe(Object.prototype)
  })
})

describe('cores.stats', () => {
  test('counts jobs and chunks, whichever way they run and whatever the size', async () => {
    const xs = new Float64Array(300_000).fill(3)
    for (const threads of [1, 2, 3]) {
      cores.resize(threads)
      const before = cores.stats()
      square(xs, { out: xs.slice() })
      await square.async(xs)
      const after = cores.stats()
      expect(after['jobs']).toBeGreaterThanOrEqual((before['jobs'] ?? 0) + 2)
      expect(after['chunks']).toBeGreaterThan((before['chunks'] ?? 0) + 2)
      for (const grows of ['wakes', 'parks', 'fresh', 'recycled', 'returned']) {
        expect(after[grows]).toBeGreaterThanOrEqual(before[grows] ?? 0)
      }
    }
  })

  test('shows that expensive elements come in more chunks, those of a loop in the most', () => {
    const powers = kernel((x: number, y: number) => {
      let t = x
      for (let i = 0; i < 64; i++) t = t ** y
      return t
    })
    const xs = new Float64Array(10_000).fill(1.5)
    const out = new Float64Array(xs.length)
    const chunksSoFar = (): number => cores.stats()['chunks'] ?? 0
    const chunksOf = (call: () => unknown): number => {
      call()
      const before = chunksSoFar()
      call()
      return chunksSoFar() - before
    }
    expect(chunksOf(() => square(xs, { out }))).toBe(1)
    const chunks = [chunksOf(() => pow(xs, 1.25, { out })), chunksOf(() => powers(xs, xs, { out }))]
    expect(chunks[0]).toBeGreaterThanOrEqual(10)
    expect(chunks[1]).toBeGreaterThanOrEqual(10_000 / 64)
  })

  test('is a plain object of numbers that cannot be changed', () => {
    const stats = cores.stats()
    expect(Object.keys(stats).toSorted()).toEqual(counters)
    expect(Object.values(stats).every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true)
    expect(Object.isFrozen(stats)).toBe(true)
  })
})

describe('without the native addon', () => {
  test('there is one thread, what Node knows of the machine, and nothing is counted', async () => {
    const { before, after } = await report([1, 'all'], { COREPOOL_BINDING: 'none' })
    expect(before.topology).toEqual({
      cpus: cpusOfMachine().length,
      usable: Array.from({ length: availableParallelism() }, (_, cpu) => cpu),
      quota: null,
      pinned: [],
      simd: 'none',
      caches: {},
      diagnostic: null,
    })
    for (const { size, stats, threads } of [before, ...after]) {
      expect([size, threads]).toEqual([1, []])
      expect(stats).toEqual(Object.fromEntries(counters.map((counter) => [counter, 0])))
    }
    expect(after.every(({ right }) => right)).toBe(true)
  })

  test('more than one thread is ERR_BINDING_LOAD, with the cause', async () => {
    const source = `
      import { cores } from 'corepool'
      try { cores.resize(2) } catch ({ name, code, message }) { console.log(name, code, message) }
      console.log(cores.size)
    `
    const { stdout } = await runNode(['--input-type=module', '--eval', source], { COREPOOL_BINDING: 'none' })
    expect(stdout).toBe(
      'CorepoolError ERR_BINDING_LOAD cores.resize(2) needs the native addon of corepool, and there is none here: ' +
        'COREPOOL_BINDING=none asks for plain JavaScript. Unset it: unset COREPOOL_BINDING\n1\n',
    )
  })

  test('a number of threads that is none is refused all the same', async () => {
    const source = `
      import { cores } from 'corepool'
      for (const threads of ['2', 0, 4097]) try { cores.resize(threads) } catch ({ code }) { console.log(code) }
    `
    const { stdout } = await runNode(['--input-type=module', '--eval', source], { COREPOOL_BINDING: 'none' })
    expect(stdout).toBe('ERR_INVALID_ARG_TYPE\nERR_INVALID_ARG_VALUE\nERR_INVALID_ARG_VALUE\n')
  })
})
