/**
 * A Rust toolchain that builds for a platform: exactly the version that Cargo.toml names, with the standard library of the target. rustup
 * installs what is missing, for this folder alone; where nothing is missing it is not called.
 *
 *     node scripts/release/need-rust.mjs linux-arm64-musl
 *     node scripts/release/need-rust.mjs linux-x64-gnu --with-checks # and what .ci/run needs: rustfmt, clippy, a nightly toolchain
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { run } from '../run.mjs'
import { targets } from './targets.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [, , platform = '', ...options] = argv
const withChecks = options.includes('--with-checks')
const target = targets[platform]
if (target === undefined) throw new Error(`"${platform}" is none of ${Object.keys(targets).join(', ')}`)
const wanted = /rust-version = "([\d.]+)"/.exec(readFileSync(new URL('../../Cargo.toml', import.meta.url), 'utf8'))?.[1]

const ask = (...args) => spawnSync('rustc', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? ''
const isWanted = () => ask('--version').startsWith(`rustc ${wanted}.`)
const succeeds = (command, ...args) => spawnSync(command, args, { cwd: root }).status === 0
const hasComponents = () => succeeds('cargo', 'fmt', '--version') && succeeds('cargo', 'clippy', '--version')
const hasTarget = () => existsSync(ask('--print', 'target-libdir', '--target', target.triple))

const rustup = (...args) => run('rustup', args)

const isReady = () => isWanted() && hasTarget() && (!withChecks || hasComponents())
if (!isReady()) {
  const components = withChecks ? ['--component', 'rustfmt', '--component', 'clippy'] : []
  rustup('toolchain', 'install', wanted, '--profile', 'minimal', '--target', target.triple, ...components)
  rustup('override', 'set', wanted)
}
if (!isReady()) throw new Error(`rustc ${wanted} cannot build for ${target.triple}: ${ask('--version')}`)
if (withChecks && !succeeds('cargo', '+nightly', '--version')) {
  rustup('toolchain', 'install', 'nightly', '--profile', 'minimal')
}
console.log(`${ask('--version')}, for ${target.triple}`)
