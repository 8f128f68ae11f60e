/**
 * What scripts/release/pack.mjs packed is what is to be published: nothing runs when it is installed, nothing is in it that users
 * do not need, its size is within its budget, the manifests lead each platform to its addon, and the judges of packages find
 * nothing: publint (fields of the manifest), and attw (types as every kind of importer resolves them).
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutNpmSettings } from './npm.mjs'
import { checkAddon } from './release/check-addon.mjs'
import { fileOf, packageOf, targets } from './release/targets.mjs'
import { tool } from './tools.mjs'

/** Bytes of a tarball: of the package itself, and of a platform's. */
const BUDGETS = { facade: 400_000, binding: 1_000_000 }

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'build', 'packages')
const stage = join(folder, 'stage')
const packed = JSON.parse(readFileSync(join(folder, 'packages.json'), 'utf8'))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const problems = []

function expectSame(what, actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) problems.push(`${what} is ${a}, not ${b}`)
}

function manifestOf(...path) {
  return JSON.parse(readFileSync(join(stage, ...path, 'package.json'), 'utf8'))
}

/** What holds for every package. */
function checkCommon({ name, size, files }, manifest, budget) {
  if (size > budget) problems.push(`${name}: ${size} bytes, of at most ${budget}`)
  if (manifest.scripts !== undefined) problems.push(`${name} has scripts: ${Object.keys(manifest.scripts).join(', ')}`)
  if (files.some((file) => file === 'binding.gyp'))
    problems.push(`${name} has a binding.gyp, for which npm runs node-gyp`)
  for (const file of ['LICENSE', 'README.md', 'package.json']) {
    if (!files.includes(file)) problems.push(`${name} has no ${file}`)
  }
  expectSame(`the version of ${name}`, manifest.version, version)
  console.log(`${name}: ${size} bytes of ${budget}, ${files.length} files`)
}

function checkFacade(pack) {
  const manifest = manifestOf('corepool')
  checkCommon(pack, manifest, BUDGETS.facade)
  const strange = pack.files.filter(
    (file) => !/^(dist\/.*\.(js|cjs|d\.ts|d\.cts)|[A-Z]+(\.md)?|package\.json)$/.test(file),
  )
  if (strange.length > 0) problems.push(`${pack.name} has files that users do not need: ${strange.join(', ')}`)
  const exact = Object.fromEntries(Object.keys(targets).map((platform) => [packageOf(platform), version]))
  expectSame('optionalDependencies', manifest.optionalDependencies, exact)
}

function checkBinding(pack, platform) {
  const manifest = manifestOf('bindings', platform)
  const { os, cpu, libc } = targets[platform]
  checkCommon(pack, manifest, BUDGETS.binding)
  expectSame(`os of ${pack.name}`, manifest.os, [os])
  expectSame(`cpu of ${pack.name}`, manifest.cpu, [cpu])
  expectSame(`libc of ${pack.name}`, manifest.libc, libc === undefined ? undefined : [libc])
  expectSame(`main of ${pack.name}`, manifest.main, fileOf(platform))
  expectSame(`files of ${pack.name}`, pack.files.toSorted(), ['LICENSE', 'README.md', fileOf(platform), 'package.json'])
  console.log(checkAddon(join(stage, 'bindings', platform, fileOf(platform)), platform))
}

/** The platforms that were not packed have manifests all the same. */
function checkManifests() {
  for (const [platform, { os, cpu, libc }] of Object.entries(targets)) {
    const { name, os: itsOs, cpu: itsCpu, libc: itsLibc } = manifestOf('bindings', platform)
    expectSame(
      `the manifest for ${platform}`,
      [name, itsOs, itsCpu, itsLibc],
      [packageOf(platform), [os], [cpu], libc && [libc]],
    )
  }
}

/** What a tool says against a package, in the folder `home`; undefined: nothing. */
function objection(name, home) {
  const args = { publint: ['--strict', home], attw: ['--pack', home, '--profile', 'esm-only', '--no-emoji'] }[name]
  const options = { encoding: 'utf8', env: withoutNpmSettings() }
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool(name), ...args], options)
  return status === 0 ? undefined : `${stdout}${stderr}`
}

/** The tool finds nothing, and finds a fault that is put in: types that are not where the manifest says. */
function judge(name) {
  const home = join(stage, 'corepool')
  const said = objection(name, home)
  if (said !== undefined) problems.push(`${name}: ${said}`)
  const seeded = mkdtempSync(join(tmpdir(), 'corepool-package-'))
  try {
    cpSync(home, seeded, { recursive: true })
    const manifest = manifestOf('corepool')
    manifest.types = manifest.exports['.'].types = './dist/nowhere.d.ts'
    writeFileSync(join(seeded, 'package.json'), JSON.stringify(manifest))
    if (objection(name, seeded) === undefined) problems.push(`${name} does not notice types that are not there`)
  } finally {
    rmSync(seeded, { recursive: true })
  }
  console.log(`${name}: ${said === undefined ? 'clean' : 'not clean'}`)
}

for (const pack of packed) {
  const platform = Object.keys(targets).find((one) => packageOf(one) === pack.name)
  if (platform === undefined) checkFacade(pack)
  else checkBinding(pack, platform)
}
checkManifests()
if (packed.length < 2) problems.push('no addon was packed: build one by scripts/release/build-addon.mjs')
judge('publint')
judge('attw')
for (const problem of problems) console.error(problem)
process.exit(problems.length === 0 ? 0 : 1)
