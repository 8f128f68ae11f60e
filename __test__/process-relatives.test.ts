/** activeChildren, currentProcess, parentProcess, the counts of CPUs, names of nested processes, and the start guard. */
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import {
  activeChildren,
  cpuCount,
  currentProcess,
  parentProcess,
  Process,
  square,
  target,
  usableCpuCount,
} from 'corepool'
import { expect, test } from 'vitest'
import { program, runNode } from './fixtures/run-program.ts'

const fixture = new URL('./fixtures/targets/relatives.mjs', import.meta.url)
const forever = () => new Promise<never>(() => setInterval(() => {}, 1000))

function unguarded(name: string): string {
  return fileURLToPath(new URL(`./fixtures/unguarded/${name}`, import.meta.url))
}

interface Told {
  readonly current: { readonly name: string; readonly pid: number; readonly daemon: boolean }
  readonly parent: { readonly name: string; readonly pid: number; readonly isAlive: boolean } | null
}

test('the main program is MainProcess, has no parent and is no daemon', () => {
  expect(currentProcess()).toEqual({ name: 'MainProcess', pid: process.pid, daemon: false })
  expect(parentProcess()).toBeNull()
})

test('a child knows its name, whether it is a daemon, and its parent', async () => {
  const tell = target<() => Told>(fixture, 'tell')
  const p = new Process({ target: tell, name: 'teller', daemon: true }).start()
  expect(await p.result).toEqual({
    current: { name: 'teller', pid: p.pid, daemon: true },
    parent: { name: 'MainProcess', pid: process.pid, isAlive: true },
  })
})

test.each([true, false])('a Process is a daemon by itself where it is made in one: %s', async (daemon) => {
  const p = new Process({ target: target<() => boolean>(fixture, 'makesDaemons'), daemon }).start()
  expect(await p.result).toBe(daemon)
})

test('children of children are numbered under their parents, and know them', async () => {
  const p = new Process({ target: target<() => Promise<Told[]>>(fixture, 'tellOfTwoChildren') }).start()
  const told = await p.result
  expect(told.map(({ current }) => current.name)).toEqual([`${p.name}:1`, `${p.name}:2`])
  expect(told.map(({ parent }) => [parent?.name, parent?.pid])).toEqual([
    [p.name, p.pid],
    [p.name, p.pid],
  ])
})

test('children of children of children run, depth first where each is joined', async () => {
  const descend = target<(path: number[]) => Promise<number[][]>>(fixture, 'descend')
  const told = await new Process({ target: descend, args: [[]] }).start().result
  expect(told).toEqual([[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]])
})

test('activeChildren lists what runs, oldest first, kernels too, and nothing that has ended', async () => {
  // A child that has delivered in an earlier test may be about to end.
  await Promise.all(activeChildren().map((child) => child.join()))
  const initial = new Process({ target: forever })
  expect(activeChildren()).not.toContain(initial)
  await using first = new Process({ target: forever }).start()
  const kernel = new Process({ target: square, args: [new Float64Array(new SharedArrayBuffer(8e6))] }).start()
  await using second = new Process({ target: forever }).start()
  expect(activeChildren()).toEqual([first, kernel, second])
  await kernel.join()
  expect(activeChildren()).toEqual([first, second])
  first.kill()
  await first.join()
  expect(activeChildren()).toEqual([second])
})

test('cpuCount is that of the machine, usableCpuCount what affinity and quota leave', async () => {
  expect(cpuCount()).toBe(cpus().length)
  expect(usableCpuCount()).toBeGreaterThanOrEqual(1)
  expect(usableCpuCount()).toBeLessThanOrEqual(availableParallelism() + 1)
})

test('both also answer where COREPOOL_SIMD means nothing', async () => {
  const run = await runNode([program('cpu-counts.mjs')], { COREPOOL_SIMD: 'mmx' })
  expect(run).toMatchObject({ code: 0, stdout: `${cpuCount()} ${usableCpuCount()}\n`, stderr: '' })
})

test('a module that starts a Process while it is imported as a target is refused once, and no storm begins', async () => {
  const run = await runNode([program('without-guard.mjs')])
  expect(run.stderr).toContain('ERR_TARGET_LOAD_FAILED')
  expect(run.stderr).toContain('parentProcess() === null')
  // One line from each process that got as far as its module: the program, and the one child it started.
  expect(run.stdout.trim().split('\n')).toEqual(['main program', 'child', 'rejected with ERR_TARGET_LOAD_FAILED'])
  expect(run.code).toBe(0)
})

test.each([
  'after-a-timer.mjs',
  'after-an-await.mjs',
  'after-an-import-that-awaits.mjs',
  'class-of-its-own-later.mjs',
  'in-a-module-of-its-own-later.mjs',
  'required.cjs',
])('a module that starts processes when its import as a target is over breeds nothing: %s', async (name) => {
  const { code, stdout, stderr } = await runNode([unguarded(name)])
  expect(stdout).toBe('TargetError ERR_TARGET_LOAD_FAILED\nTargetError ERR_TARGET_LOAD_FAILED\n')
  expect(stderr).toContain('parentProcess() === null')
  expect(code).toBe(0)
})

test.each(['function-that-imports-its-file.mjs', 'function-that-requires-its-file.cjs'])(
  'a function that loads the file which starts it breeds nothing: %s',
  async (name) => {
    const { code, stdout, stderr } = await runNode([unguarded(name)])
    expect(stdout).toBe('TargetError ERR_TARGET_LOAD_FAILED\nTargetError ERR_TARGET_LOAD_FAILED\n')
    expect(stderr).toContain('parentProcess() === null')
    expect(code).toBe(0)
  },
)

/** Node 20 does not tell of what is loaded, and Deno of require() alone: there such programs end after five generations. */
const tellsOfRequire = !process.versions.node.startsWith('20.')
const tellsOfLoads = tellsOfRequire && process.versions['deno'] === undefined

const refused = 'TargetError ERR_TARGET_LOAD_FAILED'

test.each([
  ['function-that-imports-another-file.mjs', tellsOfLoads],
  ['function-that-requires-another-file.cjs', tellsOfRequire],
])(
  'a function that loads another file, which loads the one that starts it, breeds no storm: %s',
  async (name, isTold) => {
    // Five generations of two each would be 62 processes, which says no more than a line of them.
    const { code, stdout, stderr } = await runNode([unguarded(name)], { BREADTH: isTold ? '2' : '1' })
    const told = stdout.trim().split('\n').toSorted()
    expect(told).toEqual(isTold ? [refused, refused] : ['2', '2', '2', '2', refused])
    expect(stderr).toContain('parentProcess() === null')
    expect(code).toBe(0)
  },
)

test.each(['unreferenced-timer.mjs', 'listener-of-the-process.mjs'])(
  'what a module leaves behind where nothing sees it ends after two generations at the latest: %s',
  async (name) => {
    const { code, stdout, stderr } = await runNode([unguarded(name)])
    expect(stdout).not.toContain('storm')
    expect(stderr).toContain('parentProcess() === null')
    expect(code).toBe(0)
  },
)

test('a target that starts itself goes as deep as it likes, but for sixteen processes one below the other', async () => {
  const p = new Process({ target: target<() => Promise<string>>(fixture, 'deeper') }).start()
  expect(await p.result).toBe(tellsOfLoads ? '16 ERR_NOT_SUPPORTED' : '5 ERR_TARGET_LOAD_FAILED')
})

test('a function that loads its own file, which has the guard, finds what is in it', async () => {
  expect(await runNode([unguarded('with-guard.mjs')])).toEqual({ code: 0, signal: null, stdout: '2\n4\n', stderr: '' })
})

test('the same program with the guard runs', async () => {
  const run = await runNode([program('with-guard.mjs')])
  expect(run).toEqual({ code: 0, signal: null, stdout: '49\n', stderr: '' })
})
