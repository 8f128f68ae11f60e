/** Packages of the platforms whose addons cannot be built on this machine, for what is tried with a registry on this machine. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.mjs'
import { fileOf, targets } from './release/targets.mjs'

const stage = fileURLToPath(new URL('../build/packages/stage/bindings', import.meta.url))

/** Compiles C to a shared library. */
function compile(output, source, ...more) {
  const args = ['-shared', '-fPIC', '-nostdlib', '-x', 'c', '-', '-x', 'none', '-o', output, ...more]
  execFileSync('cc', args, { input: source })
}

/** A library that needs the C library musl. */
function writeLibraryForMusl(file, work) {
  const musl = join(work, 'libc.musl-x86_64.so.1')
  compile(musl, 'void needed(void) {}', '-Wl,-soname,libc.musl-x86_64.so.1')
  compile(file, 'void needed(void); void use(void) { needed(); }', musl)
}

/**
 * Packs a package for each platform that scripts/release/pack.mjs found no addon for.
 * @param {string} work a folder for what is made
 * @param {string} [foreign] the platform whose package is to hold a library for musl; in the others is a line of text
 * @returns {{ name: string, version: string, file: string, platform: string }[]} `file` is an absolute path
 */
export function packStandIns(work, foreign) {
  return Object.keys(targets).flatMap((platform) => {
    const home = join(stage, platform)
    if (existsSync(join(home, fileOf(platform)))) return []
    const copy = join(work, 'stand-ins', platform)
    mkdirSync(copy, { recursive: true })
    copyFileSync(join(home, 'package.json'), join(copy, 'package.json'))
    const file = join(copy, fileOf(platform))
    if (platform === foreign) writeLibraryForMusl(file, work)
    else writeFileSync(file, 'not built here')
    const [{ name, version, filename }] = JSON.parse(npm(copy, 'pack', '--json', '--pack-destination', work))
    return [{ name, version, file: join(work, filename), platform }]
  })
}
