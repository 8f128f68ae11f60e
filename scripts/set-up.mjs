/**
 * Makes a clone ready: installs, builds the native addon, builds the TypeScript. Each step is skipped when nothing that it
 * depends on changed since it last succeeded, and all that it made is still there, so that a second run costs a fraction of a
 * second.
 *
 * Uses nothing but Node's own modules and what stands beside it: it runs before anything is installed. `--need-rust` makes a missing Rust
 * toolchain an error; without it the addon is left out and plain JavaScript runs. `--no-rust` leaves it out where there is one.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const addonBuild = join('build', 'addon')
const addonFolder = join('dist', 'native')

/** All files below a folder of the project, or the file itself; none where there is nothing. */
function filesBelow(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  const names = readdirSync(full).filter((name) => name !== 'node_modules')
  return names.toSorted().flatMap((name) => filesBelow(join(path, name)))
}

/** A hash of the names and contents of files, of all files below folders, and of what else the step depends on. */
function fingerprint(paths, ...others) {
  const hash = createHash('sha256').update(JSON.stringify([process.version, process.platform, process.arch, others]))
  for (const path of paths.flatMap(filesBelow)) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function run(what, command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  if (status === 0) return
  console.error(`corepool: ${what} failed${error === undefined ? '' : `: ${error.message}`}.`)
  process.exit(status ?? 1)
}

/** Runs a step unless its stamp, in the folder that the step fills, says that it succeeded on the same inputs. */
function step(name, folder, print, hasAll, action) {
  const stamp = join(root, folder, `${name.replaceAll(' ', '-')}.stamp`)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === print && hasAll()) return
  rmSync(stamp, { force: true })
  console.error(`corepool: ${name} …`)
  action()
  mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(stamp, print)
}

function install() {
  try {
    npm(root, 'ci')
  } catch (error) {
    console.error(`corepool: ${error.message}`)
    process.exit(1)
  }
}

const hasPackages = () => existsSync(join(root, 'node_modules', 'typescript'))
step(
  'install',
  'node_modules',
  fingerprint(['package.json', 'package-lock.json', 'bench/package.json']),
  hasPackages,
  install,
)

/** Why the addon cannot be built here; undefined when it can. */
function whyNoRust(cargo) {
  if (cargo.error !== undefined) return 'no Rust toolchain (cargo is not on the PATH)'
  if (cargo.status !== 0) return `no Rust toolchain (cargo says: ${cargo.stderr.trim().split('\n')[0]})`
  const needed = /rust-version = "([\d.]+)"/.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))?.[1] ?? '0'
  const found = /[\d.]+/.exec(cargo.stdout)?.[0] ?? '0'
  const isOld = found.localeCompare(needed, undefined, { numeric: true }) < 0
  return isOld ? `the Rust toolchain is too old (${found}; ${needed} is needed)` : undefined
}

function hasAddon() {
  return filesBelow(addonFolder).some((file) => file.endsWith('.node'))
}

function buildAddon() {
  const cli = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js')
  const args = ['build', '--platform', '--release', '--no-js', '--manifest-path', 'crates/node/Cargo.toml']
  run('building the native addon', process.execPath, [cli, ...args, '--output-dir', addonBuild, '--', '--locked'])
  // Copied, not built in place: the tool also writes an index.d.ts, and dist/native/ has one of TypeScript's.
  mkdirSync(join(root, addonFolder), { recursive: true })
  for (const name of filesBelow(addonBuild).filter((file) => file.endsWith('.node'))) {
    // By way of a new file: a program that runs keeps the old one mapped.
    const to = join(root, addonFolder, basename(name))
    copyFileSync(join(root, name), `${to}.new`)
    renameSync(`${to}.new`, to)
  }
}

const cargo = spawnSync('cargo', ['--version'], { cwd: root, encoding: 'utf8' })
const problem = whyNoRust(cargo)
if (process.argv.includes('--no-rust')) {
  console.error('corepool: the native addon is left out.')
} else if (problem === undefined) {
  const inputs = ['Cargo.toml', 'Cargo.lock', 'crates', '.cargo']
  step('native addon', addonBuild, fingerprint(inputs, cargo.stdout, process.env.RUSTFLAGS), hasAddon, buildAddon)
} else if (process.argv.includes('--need-rust')) {
  console.error(`corepool: ${problem}. The tests need one; https://rustup.rs installs it.`)
  process.exit(1)
} else {
  const state = hasAddon() ? 'using the addon that was built before' : 'everything runs in plain JavaScript'
  console.error(`corepool: ${problem}: ${state}. https://rustup.rs installs one.`)
}

/** Where the compiler puts what it makes of a folder. */
const outputs = [
  ['src', 'dist'],
  ['examples', join('build', 'examples')],
  ['bench', join('build', 'bench')],
]

function hasAllOutputs() {
  const hasBundles = ['bundle/corepool.js', 'bundle/acorn.cjs', 'bundle/whole.js', 'child/bootstrap.cjs'].every(
    (name) => existsSync(join(root, 'dist', name)),
  )
  return (
    hasBundles &&
    outputs.every(([from, to]) => {
      const sources = filesBelow(from).filter((file) => file.endsWith('.ts'))
      return sources.every((file) => existsSync(join(root, to, `${file.slice(from.length, -3)}.js`)))
    })
  )
}

function compile() {
  // From nothing, so that no output of a source that is gone stays behind; the addon is not the compiler's.
  for (const file of outputs.flatMap(([, to]) => filesBelow(to))) {
    if (!file.endsWith('.node')) rmSync(join(root, file))
  }
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  run('compiling TypeScript', process.execPath, [tsc, '-b', '--force'])
  run('bundling what was compiled', process.execPath, [join(root, 'scripts', 'bundle.mjs')])
}

const sources = [
  'tsconfig.json',
  'tsconfig.base.json',
  'scripts/bundle.mjs',
  'scripts/bundles',
  'src',
  'examples',
  'bench',
  'package-lock.json',
]
step('typescript', 'build', fingerprint(sources), hasAllOutputs, compile)
