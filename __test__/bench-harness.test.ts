import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barsOf, judge, parseBars, type Bar } from '../bench/harness/bars.ts'
import { readCommandLine, UsageError } from '../bench/harness/command-line.ts'
import { Gate, isDisturbed, otherWork, type Reading } from '../bench/harness/gate.ts'
import { copyShare, doubtOfProbe, limitOf } from '../bench/harness/probe.ts'
import { doubtOfLoops } from '../bench/suites/kernels/fused-loops.ts'
import { alternate, Patience, repeated, repeatedWarm } from '../bench/harness/rounds.ts'
import { differenceOfMedians, median, quantile, ratioOfMedians } from '../bench/harness/statistics.ts'
import { runNode } from './fixtures/run-program.ts'

const main = fileURLToPath(new URL('../build/bench/main.js', import.meta.url))

const anyTime = fc.double({ min: 1e-3, max: 1e9, noNaN: true })
const someTimes = fc.array(anyTime, { minLength: 1, maxLength: 60 })

describe('statistics', () => {
  test('a median has as many values on one side as on the other', () => {
    fc.assert(
      fc.property(someTimes, (values) => {
        const middle = median(values)
        const below = values.filter((value) => value < middle).length
        const above = values.filter((value) => value > middle).length
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2)
      }),
    )
  })

  test('quantiles ascend from the least value to the greatest, whatever the order of the samples', () => {
    fc.assert(
      fc.property(someTimes, (values) => {
        const all = [0, 0.1, 0.25, 0.5, 0.75, 0.99, 1].map((p) => quantile(values, p))
        expect(all).toEqual(all.toSorted((a, b) => a - b))
        expect([all[0], all.at(-1)]).toEqual([Math.min(...values), Math.max(...values)])
        expect(quantile(values.toReversed(), 0.25)).toBe(all[2])
      }),
    )
  })

  test('quartiles are interpolated between neighbours', () => {
    expect([0.25, 0.5, 0.75].map((p) => quantile([4, 1, 3, 2], p))).toEqual([1.75, 2.5, 3.25])
    expect(quantile([], 0.5)).toBeNaN()
  })

  test('a ratio is that of the medians, its interval is the same each time and holds no value outside the samples', () => {
    fc.assert(
      fc.property(someTimes, someTimes, (above, below) => {
        const rounds = Math.min(above.length, below.length)
        const [a, b] = [above.slice(0, rounds), below.slice(0, rounds)]
        const ratio = ratioOfMedians(a, b)
        expect(ratio.value).toBe(median(a) / median(b))
        expect(ratioOfMedians(a, b)).toEqual(ratio)
        expect(ratio.low).toBeLessThanOrEqual(ratio.high)
        expect(ratio.low).toBeGreaterThanOrEqual(Math.min(...a) / Math.max(...b))
        expect(ratio.high).toBeLessThanOrEqual(Math.max(...a) / Math.min(...b))
      }),
      { numRuns: 30 },
    )
  })

  test('what hits both contenders of a round alike does not widen the interval', () => {
    fc.assert(
      fc.property(fc.array(anyTime, { minLength: 30, maxLength: 30 }), (slow) => {
        const twice = ratioOfMedians(
          slow.map((time) => 2 * time),
          slow,
        )
        expect([twice.value, twice.low, twice.high]).toEqual([2, 2, 2])
        expect(differenceOfMedians(slow, slow)).toEqual({ value: 0, low: 0, high: 0, samples: 30 })
      }),
      { numRuns: 20 },
    )
  })
})

describe('the gate', () => {
  const start: Reading = { wall: 0, idle: 0, own: 0, cpus: 2 }

  test('our own work on any number of CPUs is not other work', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const after = { wall: 200, idle: 400 * (1 - share), own: 400 * share, cpus: 2 }
        expect(otherWork(start, after)).toBeCloseTo(0, 6)
        expect(isDisturbed(start, after)).toBe(false)
      }),
    )
  })

  test('a program that keeps one CPU busy is, whatever we do meanwhile', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        expect(isDisturbed(start, { wall: 200, idle: 200 * (1 - share), own: 200 * share, cpus: 2 })).toBe(true)
      }),
    )
  })

  test('the real counters show a real busy process', async () => {
    const busy = spawn(process.execPath, ['--eval', 'process.stdout.write("."); for (;;);'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      await once(busy.stdout, 'data')
      const gate = new Gate()
      const before = gate.read()
      const end = performance.now() + 400
      while (performance.now() < end);
      const after = gate.read()
      if (before === null || after === null) throw new Error('this system has no counters')
      expect(isDisturbed(before, after)).toBe(true)
    } finally {
      busy.kill('SIGKILL')
    }
  })
})

describe('rounds', () => {
  const impatient = { gate: new Gate(), patience: new Patience(0) }

  test('contenders take turns, and the order turns around', async () => {
    const order: string[] = []
    const contender = (name: string, value: number): { name: string; sample: () => number } => ({
      name,
      sample: () => (order.push(name), value),
    })
    const rounds = await alternate([contender('a', 1), contender('b', 2)], { wanted: 4, ...impatient })
    expect(order.join('')).toBe('abbaabba')
    expect([rounds.of('a'), rounds.of('b'), rounds.run]).toEqual([[1, 1, 1, 1], [2, 2, 2, 2], 4])
  })

  test('one contender may measure several things, and one thing several times', async () => {
    const probe = { name: 'probe', sample: () => new Map([['square avx2', 1.5]]) }
    const child = { name: 'child', sample: async () => [1, 2] }
    const rounds = await alternate([probe, child], { wanted: 2, ...impatient })
    expect(Object.fromEntries(rounds.samples)).toEqual({ 'probe square avx2': [1.5, 1.5], child: [1, 2, 1, 2] })
  })

  test('a sample of a short call repeats it until the clock can tell', () => {
    let calls = 0
    const { sample } = repeated('count', (times) => {
      for (let i = 0; i < times; i++) calls += 1
    })
    const before = calls
    const nanoseconds = sample()
    expect(calls - before).toBeGreaterThan(1)
    expect(nanoseconds).toBeGreaterThan(0)
  })

  test('a warm sample counts a first call, and those after some that it does not count', () => {
    const runs: number[] = []
    const { sample } = repeatedWarm('count', 4, (times) => {
      runs.push(times)
      for (const end = performance.now() + 3; performance.now() < end;);
    })
    const before = runs.length
    expect([...(sample() as ReadonlyMap<string, number>).keys()]).toEqual(['first', 'warm'])
    expect(runs.slice(before)).toEqual([1, 3, 1])
  })
})

describe('the limit probe', () => {
  const samples = new Map([
    ['probe square avx2', [5, 1, 1]],
    ['probe square avx2 non-temporal', [2, 2, 2]],
    ['probe copy avx2', [1.05, 1.05]],
    ['probe memcpy system', [1, 1]],
  ])

  test('its best kind of store is that of the lowest median', () => {
    expect(limitOf('square', samples)).toEqual({ stores: 'avx2', samples: [5, 1, 1] })
    expect(() => limitOf('cube', samples)).toThrow('no routine for cube')
  })

  test('counts only where its copy reaches 0.95 of memcpy', () => {
    expect(doubtOfProbe(copyShare(samples))).toBeUndefined()
    expect(doubtOfProbe(0.9499)).toContain('0.95 of memcpy')
  })

  test('says whether fused loops are a measure for the block VM', () => {
    const doubtAt = (fused: number): string | undefined =>
      doubtOfLoops({
        samples: new Map([
          ['probe cube avx2', [0.95]],
          ['comparison a*a*a avx2', [fused]],
          ['comparison vm a*a*a blocks', [9]],
        ]),
      })
    expect(doubtAt(1)).toBeUndefined()
    expect(doubtAt(1.01)).toContain('reaches 0.94 of the limit probe')
  })
})

describe('bars.json', () => {
  const bar: Bar = { issue: 4, id: 'core/x', wording: 'w', threshold: 1, direction: 'at most', unit: '×' }

  test('is a list of bars, each of a suite', () => {
    const text = readFileSync(new URL('../bench/bars.json', import.meta.url), 'utf8')
    const bars = parseBars(text)
    expect(bars.length).toBeGreaterThan(20)
    expect(barsOf('core')).toEqual(bars.filter(({ id }) => id.startsWith('core/')))
  })

  test.each([
    [{ ...bar, issue: 'four' }, 'issue'],
    [{ ...bar, id: 'x' }, 'suite/name'],
    [{ ...bar, wording: '' }, 'wording'],
    [{ ...bar, threshold: '1' }, 'threshold'],
    [{ ...bar, direction: 'about' }, 'direction'],
    [{ ...bar, unit: undefined }, 'unit'],
    [{ ...bar, comment: 'c' }, 'other fields'],
  ])('an entry %# that is none is refused by its place', (entry, what) => {
    expect(() => parseBars(JSON.stringify([entry]))).toThrow(new RegExp(`entry 0.*${what}`))
  })

  test('two bars of one id are refused', () => {
    expect(() => parseBars(JSON.stringify([bar, bar]))).toThrow('another bar has that id')
  })

  test('a bar is met on its threshold and on the right side of it, and never by a figure in doubt', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (threshold, value) => {
        const figure = { bar: bar.id, value, low: value, high: value, samples: 30 }
        const most = judge({ ...bar, threshold }, figure).verdict
        const least = judge({ ...bar, threshold, direction: 'at least' }, figure).verdict
        expect([most, least]).toEqual([value <= threshold ? 'pass' : 'fail', value >= threshold ? 'pass' : 'fail'])
        expect(judge({ ...bar, threshold }, { ...figure, doubt: 'noise' }).verdict).toBe('not judged')
      }),
    )
    expect(judge(bar, undefined).verdict).toBe('not judged')
  })
})

describe('npm run bench', () => {
  test('reads a suite and its options', () => {
    const asked = readCommandLine(['core', '--bars', '--json', 'f.json'], ['core'])
    expect(asked).toEqual({ suite: 'core', bars: true, smoke: false, json: 'f.json' })
    expect(readCommandLine([], ['core']).suite).toBeUndefined()
    expect(() => readCommandLine(['--smoke'], ['core'])).toThrow(UsageError)
  })

  test.each([
    [['nope'], 'There is no suite "nope"'],
    [['core', '--what'], "Unknown option '--what'"],
    [['core', '--json'], 'argument missing'],
    [['core', 'core'], 'One suite at a time'],
    [['--bars'], 'Options need a suite'],
  ])('%j is refused with exit code 2, before anything is measured', async (args, message) => {
    const { code, stdout, stderr } = await runNode([main, ...args])
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: npm run bench')
    expect([code, stdout]).toEqual([2, ''])
  })

  test('core --smoke runs to its end and prints the machine, each table and no verdict', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'corepool-bench-'))
    const json = join(folder, 'figures.json')
    try {
      const { code, stdout, stderr } = await runNode([main, 'core', '--smoke', '--json', json])
      expect(stderr).toBe('')
      expect(code).toBe(0)
      expect(stdout).toMatch(/^.+ CPUs \(\d+ usable\).*\nNode v.+, \d+ threads, SIMD \w+/)
      for (const columns of [
        /n +kernel ns\/element +loop ns\/element +× loop +low +high/,
        /kernel +loop +above +low +high/,
        /ns\/element +× slower +low +high/,
        /call +beyond the work +low +high/,
        /arrays +p50 +p99 +max +ticks/,
        /with a pool +without/,
        /median +q1 +q3/,
      ]) {
        expect(stdout).toMatch(columns)
      }
      const { runs } = JSON.parse(readFileSync(json, 'utf8'))
      expect(runs).toHaveLength(1)
      expect(runs[0].broken).toEqual([])
      expect(runs[0].bars.map(({ bar }: { bar: Bar }) => bar.id)).toEqual(barsOf('core').map(({ id }) => id))
      expect(new Set(runs[0].bars.map(({ verdict }: { verdict: string }) => verdict))).toEqual(new Set(['not judged']))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 120_000)
})
