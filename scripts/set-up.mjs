/**
 * Makes a clone ready: installs, builds the native addon, builds the TypeScript. Each step is skipped when nothing that it
 * depends on changed since it last succeeded, so that a second run costs a fraction of a second.
 *
 * Uses nothing but Node's own modules: it runs before anything is installed. `--need-rust` makes a missing Rust toolchain an
 * error; without it the addon is left out and plain JavaScript runs.
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
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamps = join(root, 'node_modules', '.corepool')
const addonBuild = join('build', 'addon')
const addonFolder = join(root, 'dist', 'native')

/** A hash of the names and contents of files, of all files below folders, and of what else the step depends on. */
function fingerprint(paths, ...others) {
  const hash = createHash('sha256').update(JSON.stringify([process.version, process.platform, process.arch, others]))
  const visit = (path) => {
    const full = join(root, path)
    if (!existsSync(full)) return
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).toSorted()) if (name !== 'node_modules') visit(join(path, name))
    } else {
      hash.update(path).update('\0').update(readFileSync(full)).update('\0')
    }
  }
  for (const path of paths) visit(path)
  return hash.digest('hex')
}

function run(what, command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  if (status === 0) return
  console.error(`corepool: ${what} failed${error === undefined ? '' : `: ${error.message}`}.`)
  process.exit(status ?? 1)
}

/** Runs a step unless its stamp says that it succeeded on the same inputs, and that what it made is still there. */
function step(name, print, made, action) {
  const stamp = join(stamps, name)
  const isDone = existsSync(stamp) && readFileSync(stamp, 'utf8') === print && made()
  if (isDone) return
  rmSync(stamp, { force: true })
  console.error(`corepool: ${name} …`)
  action()
  mkdirSync(stamps, { recursive: true })
  writeFileSync(stamp, print)
}

function hasAddon() {
  return existsSync(addonFolder) && readdirSync(addonFolder).some((name) => name.endsWith('.node'))
}

const manifests = ['package.json', 'package-lock.json', 'bench/package.json']
const hasPackages = () => existsSync(join(root, 'node_modules', 'typescript'))
step('install', fingerprint(manifests), hasPackages, () => {
  // npm is a script beside npm_execpath when npm runs us, and a command otherwise; on Windows that is npm.cmd.
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  if (npm === undefined) run('npm ci', 'npm', args, { shell: process.platform === 'win32' })
  else run('npm ci', process.execPath, [npm, ...args])
})

const rustc = spawnSync('cargo', ['--version'], { cwd: root, encoding: 'utf8' })
if (rustc.status === 0) {
  step('native addon', fingerprint(['Cargo.toml', 'Cargo.lock', 'crates'], rustc.stdout), hasAddon, () => {
    const cli = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js')
    const args = ['build', '--platform', '--release', '--no-js', '--manifest-path', 'crates/node/Cargo.toml']
    run('building the native addon', process.execPath, [cli, ...args, '--output-dir', addonBuild, '--', '--locked'])
    // Copied, not built in place: the tool also writes an index.d.ts, and dist/native/ has one of TypeScript's.
    mkdirSync(addonFolder, { recursive: true })
    for (const name of readdirSync(join(root, addonBuild)).filter((file) => file.endsWith('.node'))) {
      // By way of a new file: a program that runs keeps the old one mapped.
      copyFileSync(join(root, addonBuild, name), join(addonFolder, `${name}.new`))
      renameSync(join(addonFolder, `${name}.new`), join(addonFolder, name))
    }
  })
} else if (process.argv.includes('--need-rust')) {
  console.error(
    'corepool: no Rust toolchain: cargo is not on the PATH. The tests need one; https://rustup.rs installs it.',
  )
  process.exit(1)
} else {
  const state = hasAddon() ? 'using the addon that was built before' : 'everything runs in plain JavaScript'
  console.error(`corepool: no Rust toolchain (cargo is not on the PATH): ${state}. https://rustup.rs installs one.`)
}

const sources = ['tsconfig.json', 'tsconfig.base.json', 'src', 'examples', 'bench', 'package-lock.json']
const hasBuild = () => existsSync(join(root, 'dist', 'index.js')) && existsSync(join(root, 'build', 'examples'))
step('typescript', fingerprint(sources), hasBuild, () => {
  // From nothing, so that no output of a source that is gone stays behind.
  for (const name of existsSync(join(root, 'dist')) ? readdirSync(join(root, 'dist')) : []) {
    if (name !== 'native') rmSync(join(root, 'dist', name), { recursive: true })
  }
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  run('compiling TypeScript', process.execPath, [tsc, '-b', '--force'])
})
