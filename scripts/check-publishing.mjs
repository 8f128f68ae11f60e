/**
 * scripts/release/publish.mjs, with a registry on this machine: a run that is killed half-way leaves platform packages only, the same
 * command then publishes the rest, once more it publishes nothing, and files of another build are refused.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { npm, withoutNpmSettings } from './npm.mjs'
import { startRegistry } from './registry.mjs'
import { packageOf, targets } from './release/targets.mjs'
import { packStandIns } from './stand-ins.mjs'

const script = fileURLToPath(new URL('release/publish.mjs', import.meta.url))
const packages = fileURLToPath(new URL('../build/packages', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'corepool-publishing-'))
/** After so many packages the run is killed. */
const HALF = 4

function expectSame(what, actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: ${a}, and not ${b}`)
}

/** A folder as pack.mjs leaves it where every addon was built. */
function completeFolder(settings) {
  const folder = join(work, 'packages')
  mkdirSync(folder)
  writeFileSync(join(folder, '.npmrc'), settings)
  const packed = JSON.parse(readFileSync(join(packages, 'packages.json'), 'utf8'))
  const found = packed.map(({ name, version, file }) => ({ name, version, source: join(packages, file) }))
  const made = packStandIns(work).map(({ name, version, file }) => ({ name, version, source: file }))
  const order = [...Object.keys(targets).map(packageOf), 'corepool']
  const all = [...found, ...made].toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  for (const [at, pack] of all.entries()) {
    pack.file = `${at}.tgz`
    copyFileSync(pack.source, join(folder, pack.file))
  }
  writeFileSync(join(folder, 'packages.json'), JSON.stringify(all))
  return { folder, all }
}

/** A line of the script's. */
const line = ({ name, version }, what) => `${name}@${version}: ${what}`

/** Runs the script, kills it when it has printed so many lines, and gives what it printed. */
async function publish(folder, url, killAfter = Infinity) {
  // As outside of a workflow, wherever this runs: no identity is asked for.
  const env = { ...withoutNpmSettings(), ACTIONS_ID_TOKEN_REQUEST_URL: undefined }
  const child = spawn(execPath, [script, '--folder', folder, '--registry', url], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
  const lines = []
  for await (const printed of createInterface({ input: child.stdout })) {
    lines.push(printed)
    if (lines.length === killAfter) child.kill('SIGKILL')
  }
  const [code] = await ended
  return { code, lines, errors }
}

const registry = await startRegistry()
try {
  const { folder, all } = completeFolder(registry.settings)
  const exists = ({ name }) => {
    try {
      return npm(folder, 'view', name, 'name', '--prefer-online') !== ''
    } catch {
      return false
    }
  }

  const interrupted = await publish(folder, registry.url, HALF)
  const firsts = all.slice(0, HALF).map((pack) => line(pack, 'published'))
  expectSame('the run that was killed', [interrupted.code, interrupted.lines], [null, firsts])
  const root = all.at(-1)
  expectSame('the root half-way', [root.name, exists(root)], ['corepool', false])

  const resumed = await publish(folder, registry.url)
  if (resumed.code !== 0) throw new Error(resumed.errors)
  expectSame(
    'what was left alone',
    resumed.lines.slice(0, HALF),
    all.slice(0, HALF).map((pack) => line(pack, 'was there')),
  )
  // The package after those may have been on its way when the run was killed.
  expectSame(
    'what was published',
    resumed.lines.slice(HALF + 1),
    all.slice(HALF + 1).map((pack) => line(pack, 'published')),
  )

  const again = await publish(folder, registry.url)
  expectSame('once more', [again.code, again.lines], [0, all.map((pack) => line(pack, 'was there'))])

  // Another build of the same version: one of its files differs.
  copyFileSync(join(folder, all[1].file), join(folder, all[2].file))
  const other = await publish(folder, registry.url)
  if (other.code === 0 || !other.errors.includes(`the registry has another ${all[2].name}@`)) {
    throw new Error(`files of another build were not refused: ${other.lines.join('\n')}${other.errors}`)
  }

  writeFileSync(join(folder, 'packages.json'), JSON.stringify(all.toSpliced(3, 1)))
  const partial = await publish(folder, registry.url)
  if (partial.code === 0 || partial.lines.length > 0)
    throw new Error('packages without one of the platforms were published')
} finally {
  await registry.stop()
  rmSync(work, { recursive: true, force: true })
}
console.log(
  `publishing: killed after ${HALF} packages, resumed, repeated; another build and a missing platform are refused`,
)
