/**
 * Functions after a tool has rewritten their file: each works in a child process as it does here, or is refused with the
 * name that the tool put into it. One test a tool, on what the tool really writes.
 */
import { expect, test } from 'vitest'
import { all } from './fixtures/rewritten/functions.ts'
import { outcomesOf } from './fixtures/rewritten/outcomes.ts'
import {
  babelWith,
  bundledByEsbuild,
  istanbul,
  outcomesAfter,
  outcomesOfProgram,
  programAsWritten,
  swcCommonJs,
  swcModules,
} from './fixtures/rewritten/tools.ts'

const refused = (text: string) => expect.stringMatching(new RegExp(`^ERR_TARGET_CAPTURES: .*${text}`))

const names = ['power', 'method', 'nested', 'modern', 'importing'] as const
const works = Object.fromEntries(names.map((name) => [name, 'works']))
/** What no tool changes: only the function that uses an import of its file is refused, by the name of that. */
const asWritten = { ...works, usesImport: refused('uses "increment"') }
const byBundler = refused('That is an import\\(\\) whose module a bundler')
const byCompiler = refused('A compiler or bundler put it there')

test('vitest', async () => {
  expect(await outcomesOf(all)).toEqual({
    ...works,
    importing: refused('That is an import\\(\\) as vitest rewrites it'),
    usesImport: refused('That is the imported binding "increment" as vitest rewrites it'),
  })
})

test('tsx', async () => {
  expect(await outcomesOfProgram(['--import', 'tsx', programAsWritten])).toEqual(asWritten)
})

test('Node, which strips types itself since 22.18', async () => {
  const run = outcomesOfProgram([programAsWritten])
  // Newer than the types of Node that this is compiled with.
  if ((process.features as { typescript?: string | false }).typescript === 'strip') expect(await run).toEqual(asWritten)
  else await expect(run).rejects.toThrow('Unknown file extension ".ts"')
})

test('esbuild, a bundle', async () => {
  expect(await outcomesAfter(bundledByEsbuild({}))).toEqual({ ...asWritten, importing: byBundler })
})

test('esbuild, a bundle with keepNames', async () => {
  expect(await outcomesAfter(bundledByEsbuild({ keepNames: true }))).toEqual({ ...asWritten, importing: byBundler })
})

test('esbuild, minified: what is refused has the name that the minifier gave it', async () => {
  const expected = { ...works, importing: byBundler, usesImport: refused('uses "\\w" \\(line 1, column \\d+\\)') }
  expect(await outcomesAfter(bundledByEsbuild({ minify: true }))).toEqual(expected)
  expect(await outcomesAfter(bundledByEsbuild({ minify: true, keepNames: true }))).toEqual(expected)
})

test('esbuild for ES2015', async () => {
  expect(await outcomesAfter(bundledByEsbuild({ target: 'es2015' }))).toEqual({
    ...asWritten,
    nested: byCompiler,
    modern: byCompiler,
    power: byCompiler,
    importing: byCompiler,
  })
})

test('swc, ES2022 modules', async () => {
  expect(await outcomesAfter(swcModules('es2022'))).toEqual(asWritten)
})

test('swc for ES5', async () => {
  expect(await outcomesAfter(swcModules('es5'))).toEqual({
    ...asWritten,
    nested: byCompiler,
    modern: byCompiler,
    importing: byCompiler,
  })
})

test('swc, CommonJS', async () => {
  expect(await outcomesAfter(swcCommonJs)).toEqual({
    ...works,
    importing: byBundler,
    usesImport: refused('the import "increment"'),
  })
})

test('babel, CommonJS with plugins', async () => {
  const tool = babelWith('@babel/plugin-transform-modules-commonjs', '@babel/plugin-transform-object-rest-spread')
  expect(await outcomesAfter(tool)).toEqual({
    ...works,
    modern: byCompiler,
    usesImport: refused('the import "increment"'),
  })
})

test('istanbul', async () => {
  const counted = refused('Istanbul put it there to count coverage')
  expect(await outcomesAfter(istanbul)).toEqual(
    Object.fromEntries([...names, 'usesImport'].map((name) => [name, counted])),
  )
})
