/** The package in a program that was bundled, where there is no addon. */
import { spawnSync } from 'node:child_process'
import { realpathSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'rolldown'
import { expect, test } from 'vitest'
import { install } from './fixtures/installation.ts'
import type { Installation } from './fixtures/installation.ts'

const require = createRequire(import.meta.url)

const text =
  "import { kernel, sum } from 'corepool'\ntry { console.log(kernel((x) => x + 1)(2), sum(new Float32Array([1, 2]))) } catch ({ code, message }) { console.log(code, message) }"

async function printed(project: Installation, conditionNames?: string[]): Promise<string> {
  const [source, output] = ['source.mjs', 'bundle/program.mjs'].map((name) => join(project.folder, name)) as [
    string,
    string,
  ]
  writeFileSync(source, text)
  const acorn = require.resolve('acorn')
  const resolve = { alias: { acorn }, ...(conditionNames === undefined ? {} : { conditionNames }) }
  const options = {
    input: source,
    platform: 'node' as const,
    logLevel: 'silent' as const,
    cwd: project.folder,
    resolve,
  }
  await build({ ...options, output: { file: output, codeSplitting: false } })
  const { stdout, stderr } = spawnSync(process.execPath, [output], { encoding: 'utf8' })
  return stdout + stderr
}

test('all of it works, in plain JavaScript', async () => {
  using project = install()
  expect(await printed(project)).toBe('3 3\n')
})

test('by a bundler that takes what Node loads, the part that is missing is named, and why it is', async () => {
  using project = install()
  expect(await printed(project, ['node', 'import'])).toContain(
    `CorepoolError: ${realpathSync(join(project.folder, 'bundle/program.mjs'))} does not find its part kernel-plain-engine.cjs: was ` +
      'corepool bundled into it? Keep it out of the bundle: esbuild --external:corepool, or the same option of your bundler.\n',
  )
})
