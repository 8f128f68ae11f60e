/**
 * A Rust toolchain that builds for a platform: exactly the version that Cargo.toml names, with the standard library of the target. rustup
 * installs what is missing, for this folder alone; where nothing is missing it is not called.
 *
 *     node scripts/release/need-rust.mjs linux-arm64-musl
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { targets } from './targets.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [, , platform = ''] = argv
const target = targets[platform]
if (target === undefined) throw new Error(`"${platform}" is none of ${Object.keys(targets).join(', ')}`)
const wanted = /rust-version = "([\d.]+)"/.exec(readFileSync(new URL('../../Cargo.toml', import.meta.url), 'utf8'))?.[1]

const ask = (...args) => spawnSync('rustc', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? ''
const isWanted = () => ask('--version').startsWith(`rustc ${wanted}.`)
const hasTarget = () => existsSync(ask('--print', 'target-libdir', '--target', target.triple))

function rustup(...args) {
  const { status, error } = spawnSync('rustup', args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`rustup ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`)
}

if (!isWanted() || !hasTarget()) {
  rustup('toolchain', 'install', wanted, '--profile', 'minimal', '--target', target.triple)
  rustup('override', 'set', wanted)
}
if (!isWanted() || !hasTarget())
  throw new Error(`rustc ${wanted} cannot build for ${target.triple}: ${ask('--version')}`)
console.log(`${ask('--version')}, for ${target.triple}`)
