/** The tables of docs/acceptance*.md name tests and scripts that exist and run: whoever renames or removes one hears of it here. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../', import.meta.url)
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const page = textOf('docs/acceptance.md')
const installing = textOf('docs/acceptance-installing.md')
const math = textOf('docs/acceptance-math.md')
const core = textOf('docs/acceptance-core.md')
const kernels = textOf('docs/acceptance-kernels.md')

/** Items that the page for installations must have: those of its issue, and the causes for which an addon does not load. */
const installations = '1.1 1.2 2.1 2.2 2.3 4 5.1 5.2 6.1 6.2 6.3 6.4 7.1 7.2 7.3 8'
  .split(' ')
  .concat(Array.from({ length: 11 }, (_, i) => `3.${i + 1}`))

/** Items of as many sections, each of so many: 1.1, 1.2, … 2.1, … */
const numbered = (...counts: number[]): string[] =>
  counts.flatMap((count, section) => Array.from({ length: count }, (_, i) => `${section + 1}.${i + 1}`))

/** Items that the pages for functions and reductions, for the core, and for compiled kernels must have. */
const functionsAndReductions = numbered(7, 2, 13)
const nativeCore = numbered(8, 4, 3, 11, 2)
const compiledKernels = numbered(8, 4, 3, 3, 1, 3)

/** Items that the page for Process must have: those of its list, and the faults of a single process. */
const items = [
  ...Array.from({ length: 26 }, (_, i) => `A${i + 1}`).filter((item) => item !== 'A13'),
  ...Array.from({ length: 19 }, (_, i) => String(i + 1)),
  '30',
  '31',
  '32',
  '33',
  '34',
]

/** The titles in a file of tests; each stands as one text after `test(`, or after the table of `test.each`. */
function titlesIn(file: string): ReadonlySet<string> {
  const url = new URL(`./${file}.test.ts`, import.meta.url)
  if (!existsSync(url)) return new Set()
  const text = readFileSync(url, 'utf8')
  return new Set(
    Array.from(
      text.matchAll(/\(\s*(['"`])((?:(?!\1).)+)\1,\s*(?:\{[^}]*\},\s*)?(?:async )?\(/g),
      ([, , title]) => title ?? '',
    ),
  )
}

/** What runs on every commit, and in the workflows; `npm test` is a script of package.json. */
const steps = [
  '.ci/run',
  ...readdirSync(new URL('.github/workflows/', root)).map((name) => `.github/workflows/${name}`),
  'package.json',
].map(textOf)

/** Whether the script is there, and a step. */
function isRun(script: string): boolean {
  return existsSync(new URL(script, root)) && steps.some((text) => text.includes(script))
}

/** What is wrong with a table: items without a test or a reason, tests that do not exist, and scripts that nothing runs. */
function faultsOf(markdown: string, wanted: readonly string[]): string[] {
  const rows = Array.from(markdown.matchAll(/^\| (?!item \|)(.*) \|$/gm), ([, row = '']) => row.split(' | '))
  const missing = wanted.filter((item) => !rows.some(([named]) => named === item))
  const wrong = rows.flatMap(([item, , shown = '', ...more]) => {
    if (more.length > 0) return [`${item}: more than three cells`]
    const parts = shown.split('<br>').filter((part) => part !== '')
    if (parts.length === 0) return [`${item}: neither a test nor a reason`]
    return parts.flatMap((part) => {
      if (/^excluded: .+/.test(part)) return []
      const [, script] = /^`(scripts\/[\w./-]+)`$/.exec(part) ?? []
      if (script !== undefined) return isRun(script) ? [] : [`${item}: nothing runs ${script}`]
      const [, file = '', title = ''] = /^`([\w-]+)`: (.+)$/.exec(part) ?? []
      return titlesIn(file).has(title) ? [] : [`${item}: no test ${part}`]
    })
  })
  return [...missing.map((item) => `${item}: no row`), ...wrong]
}

test('every item has a test that exists, or the reason why it has none', () => {
  expect(faultsOf(page, items)).toEqual([])
  expect(faultsOf(installing, installations)).toEqual([])
  expect(faultsOf(math, functionsAndReductions)).toEqual([])
  expect(faultsOf(core, nativeCore)).toEqual([])
  expect(faultsOf(kernels, compiledKernels)).toEqual([])
})

test('a row that names what does not exist, that names nothing, or that is missing, is found', () => {
  const renamed = page.replace(
    '`process-lifecycle`: a process that was closed is collected',
    '`process-lifecycle`: renamed',
  )
  expect(faultsOf(renamed, items)).toEqual(['A10: no test `process-lifecycle`: renamed'])
  const moved = page.replace('`process-any-order`: what', '`process-gone`: what')
  expect(faultsOf(moved, items)).toEqual([
    expect.stringContaining('no test `process-gone`: what is asked in any order'),
  ])
  expect(faultsOf(page.replace(/^(\| A8 \| [^|]+ \| ).*$/m, '$1 |'), items)).toEqual([
    'A8: neither a test nor a reason',
  ])
  expect(faultsOf(page.replace(/^\| A8 .*$/m, ''), items)).toEqual(['A8: no row'])
  const unrun = installing.replace('`scripts/check-jest.mjs`', '`scripts/run.mjs`')
  expect(faultsOf(unrun, installations)).toEqual(['7.3: nothing runs scripts/run.mjs'])
  const gone = installing.replace('`scripts/release/sbom.mjs`', '`scripts/release/bom.mjs`')
  expect(faultsOf(gone, installations)).toEqual(['6.3: nothing runs scripts/release/bom.mjs'])
})
