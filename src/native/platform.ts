/** For which platform an addon is wanted: the names of files and packages, and how the right package is installed. */
import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Libc } from '../errors/index.ts'
import { runsOn } from './runtime.ts'
import { VERSION } from './version.ts'

/** The platforms for which a package is published: `@corepool/binding-` and this. */
export const PUBLISHED: readonly string[] = [
  'linux-x64-gnu',
  'linux-x64-musl',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64-msvc',
  'win32-arm64-msvc',
]

/** The scope of the packages: a name in it can be published by nobody else, one for a platform yet to come neither. */
export const SCOPE = '@corepool'

/** The package with the addon for a platform. */
export function packageFor(platform: string): string {
  return `${SCOPE}/binding-${platform}`
}

/** What may fit this machine, without looking at it: on Linux an addon for either C library. */
export const platforms: readonly string[] = platformsOf(process.platform, process.arch)

function platformsOf(os: string, arch: string): readonly string[] {
  const known = PUBLISHED.filter((platform) => platform === `${os}-${arch}` || platform.startsWith(`${os}-${arch}-`))
  // Elsewhere an addon may have been built beside this module.
  return known.length > 0 ? known : [`${os}-${arch}`]
}

interface ReportHeader {
  readonly glibcVersionRuntime?: string
}

/** The C library under this process, and the version of glibc. Takes a millisecond or more: for when something failed. */
export function libcHere(): { name: Libc; version: string | undefined } {
  const header = (process.report?.getReport() as { header?: ReportHeader } | undefined)?.header
  // Its own: musl's report has none, which any object could seem to have.
  const version = header && Object.hasOwn(header, 'glibcVersionRuntime') ? header.glibcVersionRuntime : undefined
  // Only glibc tells its version. A report that is not Node's says nothing: then glibc, which most systems have.
  return { name: header !== undefined && version === undefined ? 'musl' : 'glibc', version }
}

/** The one platform that fits this machine. */
export function platformHere(): string {
  const [first, second] = platforms as readonly [string, string?]
  return second !== undefined && libcHere().name === 'musl' ? second : first
}

/** The command that installs the addon for this machine, by the package manager that installed this package. */
export function installCommand(): string {
  const wanted = `${packageFor(platformHere())}@${VERSION}`
  const own = fileURLToPath(import.meta.url)
  const marker = `${sep}node_modules${sep}`
  const modules = own.slice(0, own.indexOf(marker) + marker.length)
  if (own.includes(`${marker}.pnpm${sep}`)) return `pnpm add --save-optional ${wanted}`
  const isYarn = ['.yarn-state.yml', '.yarn-integrity'].some((name) => existsSync(join(modules, name)))
  if (isYarn || runsOn('pnp')) return `yarn add --optional ${wanted}`
  if (runsOn('bun')) return `bun add --optional ${wanted}`
  return `npm install --save-optional --include=optional ${wanted}`
}
