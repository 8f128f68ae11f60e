/** The package in a program that was bundled, where there is no addon. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { expect, test } from 'vitest'
import { install } from './fixtures/installation.ts'

const kernels =
  "import { kernel, sum } from 'corepool'\ntry { console.log(kernel((x) => x + 1)(2), sum(new Float32Array([1, 2]))) } catch ({ code, message }) { console.log(code, message) }"

interface Bundle {
  readonly file: string
  [Symbol.dispose](): void
}

/** In a folder of its own, which has no node_modules beside or above it, as where a bundle is put to be run. */
async function bundled(text: string, conditionNames?: string[]): Promise<Bundle> {
  using project = install()
  const source = join(project.folder, 'source.mjs')
  writeFileSync(source, text)
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'corepool-bundle-')))
  const file = join(folder, 'program.mjs')
  await build({
    input: source,
    platform: 'node',
    logLevel: 'silent',
    cwd: project.folder,
    resolve: conditionNames === undefined ? {} : { conditionNames },
    output: { file, codeSplitting: false },
  })
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

function printed({ file }: Bundle): string {
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  return stdout + stderr
}

test('all of it works, in plain JavaScript', async () => {
  using bundle = await bundled(kernels)
  expect(printed(bundle)).toBe('3 3\n')
})

test('a Process is refused when it is started, with the file that is missing and why it is', async () => {
  using bundle = await bundled(`import { Process } from 'corepool'
    const p = new Process({ target: () => 1 }).start()
    console.log(p.pid, p.state, await p.join())
    await p.result.catch(({ code, message, cause, pid, reason }) => console.log(code, message, cause.code, pid, reason))`)
  expect(printed(bundle)).toBe(
    `null stopped true\nERR_SPAWN_FAILED Process-1 could not be started: there is no file ${join(bundle.file, '../../child/bootstrap.cjs')}, ` +
      'which a child process of corepool runs. Was corepool bundled? Keep it out of the bundle: esbuild --external:corepool, or the same ' +
      'option of your bundler. ENOENT null spawn\n',
  )
})

test('by a bundler that takes what Node loads, the part that is missing is named, and why it is', async () => {
  using bundle = await bundled(kernels, ['node', 'import'])
  expect(printed(bundle)).toContain(
    `CorepoolError: ${bundle.file} does not find its part kernel-plain-engine.cjs: was corepool bundled into it? ` +
      'Keep it out of the bundle: esbuild --external:corepool, or the same option of your bundler.\n',
  )
})
