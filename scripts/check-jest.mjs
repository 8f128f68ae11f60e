/**
 * docs/installing.md says how the package is tested with jest; this does it, with the packages that scripts/release/pack.mjs packed, in a
 * project of its own: by import on this Node, by require() on Node 24; and that it says so where that cannot be.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { packageOf, platformHere } from './release/targets.mjs'
import { runtime } from './runtimes.mjs'
import { tool } from './tools.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = join(root, 'build', 'packages')
const work = mkdtempSync(join(tmpdir(), 'corepool-jest-'))

/** A project that has the package installed. */
function makeProject() {
  cpSync(fileURLToPath(new URL('jest', import.meta.url)), work, { recursive: true })
  const manifest = { name: 'project', private: true, type: 'module', jest: { transform: {} } }
  writeFileSync(join(work, 'package.json'), JSON.stringify(manifest))
  for (const { name, file } of JSON.parse(readFileSync(join(packages, 'packages.json'), 'utf8'))) {
    if (name !== 'corepool' && name !== packageOf(platformHere())) continue
    const home = join(work, 'node_modules', name)
    mkdirSync(home, { recursive: true })
    execFileSync('tar', ['-xzf', join(packages, file), '--strip-components=1', '-C', home])
  }
  cpSync(join(root, 'node_modules', 'acorn'), join(work, 'node_modules', 'acorn'), { recursive: true })
}

function runJest(executable, file, flags = ['--experimental-vm-modules']) {
  const args = [...flags, tool('jest'), '--json', '--testMatch', `**/${file}`]
  const options = { cwd: work, encoding: 'utf8', env: { ...env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' } }
  return spawnSync(executable, args, options)
}

/** Runs a file of tests, and tells how many passed. */
function run(executable, file) {
  const { status, stdout, stderr } = runJest(executable, file)
  const tests = (readFileSync(join(work, file), 'utf8').match(/^test\(/gm) ?? []).length
  const passed = status === 0 ? JSON.parse(stdout).numPassedTests : 0
  if (passed !== tests) console.error(stderr)
  return { file, tests, passed }
}

/** Where the page says that jest does not take ES modules: it says why in these words, and no test passes. */
function isRefused(executable, file, flags) {
  const { status, stdout, stderr } = runJest(executable, file, flags)
  const isAsSaid =
    status === 1 && JSON.parse(stdout).numPassedTests === 0 && stderr.includes('Must use import to load ES Module')
  if (!isAsSaid) console.error(stderr)
  return isAsSaid
}

let results
let areRefused
try {
  makeProject()
  results = [run(execPath, 'imported.test.js'), run(runtime('node24').executable, 'required.test.cjs')]
  areRefused =
    isRefused(runtime('node22').executable, 'required.test.cjs') && isRefused(execPath, 'imported.test.js', [])
} finally {
  rmSync(work, { recursive: true, force: true })
}
for (const { file, tests, passed } of results) console.log(`jest, ${file}: ${passed} of ${tests} tests pass`)
console.log(
  `jest, by require() before Node 24.9, and without the option: ${areRefused ? 'refused as documented' : 'NOT as documented'}`,
)
exit(areRefused && results.every(({ tests, passed }) => tests === passed) ? 0 : 1)
