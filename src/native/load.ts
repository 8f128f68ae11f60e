/**
 * Finds the addon and loads it. It is looked for beside this module, where a build of this repository puts it, and then in the
 * package for this platform, which is an optional dependency. Nothing here says why it failed: that is found out when asked
 * (diagnosis).
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bindingNotLoaded } from '../errors/index.ts'
import type { Binding } from './binding.ts'
import { diagnose } from './diagnosis.ts'
import { readElf } from './elf.ts'
import { CutShort, WrongAddon, type Failure } from './failure.ts'
import { libcHere, packageFor, platforms } from './platform.ts'
import { VERSION } from './version.ts'

/** The file that this module is in: of a build, one of dist/bundle or dist/native/load.js. */
const here = fileURLToPath(import.meta.url)

/** The addon, or why there is none. */
export type Loaded =
  | { readonly binding: Binding; readonly file: string }
  | { readonly binding: null; readonly failure: Failure }

/** @throws whatever keeps the addon from being used */
function open(path: string): Binding {
  if (process.platform === 'linux' && readElf(path)?.isWhole === false) throw new CutShort()
  // What require() comes to for an addon, without its way there: to make a `require` and to find a file whose path is known took a
  // millisecond.
  const module = { exports: {} as { readonly VERSION?: unknown } | null }
  process.dlopen(module, path)
  const addon = module.exports
  const version = typeof addon?.VERSION === 'string' ? addon.VERSION : undefined
  if (version !== VERSION) throw new WrongAddon(version)
  return addon as unknown as Binding
}

/** The addons that were built in this repository. */
function locateBuilt(): string[] {
  const folder = join(dirname(here), '..', 'native')
  return platforms.map((platform) => join(folder, `corepool.${platform}.node`)).filter((path) => existsSync(path))
}

/** Where the package for a platform has its addon; undefined where it is not. @throws where looking is not allowed */
function locate(platform: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(packageFor(platform))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

function loadInstalled(): Loaded {
  const found = locateBuilt()
  // Where there is one, nobody looks for packages: to find that one is missing takes a millisecond.
  const wanted = found.length > 0 ? [] : platforms
  let denied: unknown
  for (const platform of wanted) {
    try {
      const path = locate(platform)
      if (path !== undefined) found.push(path)
    } catch (error) {
      // The permission model tells of what is not there too.
      denied ??= error
    }
  }
  // Both of Linux, in a tree that is shared by several systems: the wrong one is not even to be tried.
  if (found.length > 1 && libcHere().name === 'musl') found.reverse()
  const [path] = found
  if (path === undefined) {
    const isBundled = !/[\\/](bundle[\\/](corepool|whole)|native[\\/]load)\.js$/.test(here)
    return { binding: null, failure: isBundled ? { kind: 'bundled', file: here } : { kind: 'unfound', error: denied } }
  }
  try {
    return { binding: open(path), file: path }
  } catch (error) {
    return { binding: null, failure: { kind: 'unloadable', path, error } }
  }
}

/**
 * Loads the addon that COREPOOL_BINDING names, or the one that is installed.
 * @throws CorepoolError `ERR_BINDING_LOAD` when COREPOOL_BINDING names one that cannot be loaded
 */
export function load(): Loaded {
  const wanted = process.env['COREPOOL_BINDING']
  if (wanted === undefined || wanted === '') return loadInstalled()
  if (wanted === 'none') return { binding: null, failure: { kind: 'declined' } }
  // From where the program runs: a relative path would otherwise be one of this package's files.
  const path = resolve(wanted)
  try {
    return { binding: open(path), file: path }
  } catch (error) {
    throw bindingNotLoaded(path, diagnose({ kind: 'unloadable', path, error }), error)
  }
}
