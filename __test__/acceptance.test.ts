/** The table of docs/acceptance.md names tests that exist: whoever renames or removes one hears of it here. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../docs/acceptance.md', import.meta.url), 'utf8')

/** Items that the page must have: those of the list for Process, and the faults of a single process. */
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

/** What is wrong with a table: items without a test or a reason, and tests that do not exist. */
function faultsOf(markdown: string): string[] {
  const rows = Array.from(markdown.matchAll(/^\| (?!item \|)(.*) \|$/gm), ([, row = '']) => row.split(' | '))
  const missing = items.filter((item) => !rows.some(([named]) => named === item))
  const wrong = rows.flatMap(([item, , shown = '', ...more]) => {
    if (more.length > 0) return [`${item}: more than three cells`]
    const parts = shown.split('<br>').filter((part) => part !== '')
    if (parts.length === 0) return [`${item}: neither a test nor a reason`]
    return parts.flatMap((part) => {
      if (/^excluded: .+/.test(part)) return []
      const [, file = '', title = ''] = /^`([\w-]+)`: (.+)$/.exec(part) ?? []
      return titlesIn(file).has(title) ? [] : [`${item}: no test ${part}`]
    })
  })
  return [...missing.map((item) => `${item}: no row`), ...wrong]
}

test('every item has a test that exists, or the reason why it has none', () => {
  expect(faultsOf(page)).toEqual([])
})

test('a row that names what does not exist, that names nothing, or that is missing, is found', () => {
  const renamed = page.replace(
    '`process-lifecycle`: a process that was closed is collected',
    '`process-lifecycle`: renamed',
  )
  expect(faultsOf(renamed)).toEqual(['A10: no test `process-lifecycle`: renamed'])
  const moved = page.replace('`process-any-order`: what', '`process-gone`: what')
  expect(faultsOf(moved)).toEqual([expect.stringContaining('no test `process-gone`: what is asked in any order')])
  expect(faultsOf(page.replace(/^(\| A8 \| [^|]+ \| ).*$/m, '$1 |'))).toEqual(['A8: neither a test nor a reason'])
  expect(faultsOf(page.replace(/^\| A8 .*$/m, ''))).toEqual(['A8: no row'])
})
