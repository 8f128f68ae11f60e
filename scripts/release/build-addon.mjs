/**
 * Builds the addon that is published for a platform, into build/addons.
 *
 *     node scripts/release/build-addon.mjs                  # for this machine
 *     node scripts/release/build-addon.mjs linux-arm64-musl # where rustc has that target's standard library
 *
 * For Linux it is linked by zig, which knows every glibc: the addon runs on systems far older than the one that builds it. It then
 * is checked (check-addon.mjs): processor, C library, glibc floor.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pythonPrograms } from '../python-programs.mjs'
import { run } from '../run.mjs'
import { checkAddon } from './check-addon.mjs'
import { fileOf, GLIBC_FLOOR, platformHere, targets } from './targets.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The cargo command for a target, and its environment. */
function commandFor({ triple, os, libc }) {
  const common = ['--release', '--locked', '--package', 'corepool-node', '--target-dir', join('target', 'portable')]
  const flagsName = `CARGO_TARGET_${triple.toUpperCase().replaceAll('-', '_')}_RUSTFLAGS`
  if (os !== 'linux') {
    // The C runtime of Windows is linked in: not every machine has it. Node 20 runs on macOS 11 and later.
    const flags =
      os === 'win32' ? { [flagsName]: '-C target-feature=+crt-static' } : { MACOSX_DEPLOYMENT_TARGET: '11.0' }
    return { args: ['build', ...common, '--target', triple], env: { ...process.env, ...flags } }
  }
  // musl is linked in by default, which a library must not do: it would be a second one in the process.
  const flags = libc === 'musl' ? { [flagsName]: '-C target-feature=-crt-static' } : {}
  const target = libc === 'musl' ? triple : `${triple}.${GLIBC_FLOOR}`
  const env = { ...process.env, ...flags, PATH: `${pythonPrograms('zig')}${delimiter}${process.env.PATH}` }
  return { args: ['zigbuild', ...common, '--target', target], env }
}

function build(platform) {
  const target = targets[platform]
  if (target === undefined) throw new Error(`"${platform}" is none of ${Object.keys(targets).join(', ')}`)
  const { stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', target.triple], { encoding: 'utf8' })
  if (stdout === null || !existsSync(stdout.trim())) {
    throw new Error(`rustc cannot build for ${target.triple}: its standard library is not installed`)
  }
  const { args, env } = commandFor(target)
  run('cargo', args, { env })
  const [prefix, suffix] = { linux: ['lib', '.so'], darwin: ['lib', '.dylib'], win32: ['', '.dll'] }[target.os]
  const built = join(root, 'target', 'portable', target.triple, 'release', `${prefix}corepool_node${suffix}`)
  const addon = join(root, 'build', 'addons', fileOf(platform))
  mkdirSync(dirname(addon), { recursive: true })
  copyFileSync(built, addon)
  console.log(checkAddon(addon, platform))
}

const platforms = process.argv.slice(2)
for (const platform of platforms.length > 0 ? platforms : [platformHere()]) build(platform)
