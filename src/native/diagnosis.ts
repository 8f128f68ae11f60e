/**
 * Why the addon was not loaded. What the system's loader says is one line for a dozen causes, so the file, the mount and the
 * process are looked at too. Runs only after a failure, when somebody asks.
 */
import { accessSync, constants, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve, sep } from 'node:path'
import type { BindingProblem } from '../errors/index.ts'
import { readElf, type Elf } from './elf.ts'
import { CutShort, WrongAddon, type Failure } from './failure.ts'
import { installCommand, libcHere, packageFor, platformHere, PUBLISHED, SCOPE } from './platform.ts'
import { runsOn } from './runtime.ts'
import { VERSION } from './version.ts'

/** What keeps the addon from being used. */
export function diagnose(failure: Exclude<Failure, { kind: 'bundled' }>): BindingProblem {
  switch (failure.kind) {
    case 'declined':
      return { kind: 'declined' }
    case 'unfound':
      return refusal(undefined, failure.error) ?? whyNotFound()
    case 'unloadable':
      return refusal(failure.path, failure.error) ?? whyNotLoaded(failure.path, failure.error)
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What the runtime itself does not allow. */
function refusal(path: string | undefined, error: unknown): BindingProblem | undefined {
  const message = messageOf(error)
  if (runsOn('deno') && /Requires (\w+) access/.test(message)) {
    return { kind: 'deno', permission: `--allow-${/Requires (\w+) access/.exec(message)?.[1]}` }
  }
  const code = codeOf(error)
  if (code === 'ERR_ACCESS_DENIED') {
    const resource = String((error as { resource?: unknown }).resource ?? path)
    const scope = resource.indexOf(`${SCOPE}${sep}`)
    // All packages of the scope: which of them is looked at first is no business of whoever allows it.
    const wanted = scope < 0 ? resource : `${resource.slice(0, scope + SCOPE.length)}${sep}*`
    return { kind: 'permission-read', path: wanted, flag: permissionFlag() }
  }
  if (code !== 'ERR_DLOPEN_DISABLED') return undefined
  return hasPermissionModel() ? { kind: 'permission-addons', flag: permissionFlag() } : { kind: 'no-addons' }
}

function hasPermissionModel(): boolean {
  return (process as { permission?: unknown }).permission !== undefined
}

/** The option that switched the permission model on: its name has changed. */
function permissionFlag(): string {
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  return options.includes('--experimental-permission') ? '--experimental-permission' : '--permission'
}

/** The folders in which a package of the scope may be, the nearest first. */
function scopeFolders(): string[] {
  const paths = createRequire(import.meta.url).resolve.paths(packageFor(platformHere())) ?? []
  return paths.map((path) => join(path, SCOPE))
}

function whyNotFound(): BindingProblem {
  const platform = platformHere()
  if (!PUBLISHED.includes(platform)) return { kind: 'unsupported', platform, supported: PUBLISHED }
  const others: string[] = []
  for (const folder of scopeFolders()) {
    const home = join(folder, `binding-${platform}`)
    try {
      statSync(join(home, 'package.json'))
    } catch (error) {
      if (codeOf(error) === 'EACCES') return unreadable(join(home, 'package.json'))
      const refused = refusal(home, error)
      if (refused !== undefined) return refused
    }
    others.push(...namesIn(folder))
  }
  return { kind: 'missing', package: packageFor(platform), others, install: installCommand() }
}

/** The packages of the scope that are in a folder; none where it cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => `${SCOPE}/${name}`)
  } catch {
    return []
  }
}

function whyNotLoaded(path: string, error: unknown): BindingProblem {
  const install = installCommand()
  if (error instanceof WrongAddon) {
    const { found } = error
    return found === undefined ? { kind: 'stranger', path } : { kind: 'version', path, found, wanted: VERSION, install }
  }
  if (error instanceof CutShort) return { kind: 'damaged', path, install }
  if (runsOn('electron') && path.includes(`.asar${sep}`)) {
    return { kind: 'asar', path, unpack: `**/node_modules/${SCOPE}/**` }
  }
  const missing = whyNotRead(path)
  if (missing !== undefined) return missing
  return (
    whyNotMapped(path, messageOf(error)) ??
    whyNotLinked(path, messageOf(error), install) ?? { kind: 'other', path, message: messageOf(error) }
  )
}

/** The file itself: is it there, and may it be read? */
function whyNotRead(path: string): BindingProblem | undefined {
  try {
    accessSync(path, constants.R_OK)
    return undefined
  } catch (error) {
    if (codeOf(error) === 'EACCES') return unreadable(path)
    return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' ? { kind: 'absent', path } : undefined
  }
}

/** Which mode is in the way: that of a folder above the file, or its own. */
function unreadable(path: string): BindingProblem {
  const parts = resolve(path).split(sep)
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = parts.slice(0, depth).join(sep) || sep
    try {
      accessSync(folder, constants.X_OK)
    } catch {
      return { kind: 'unreadable', path, mend: `chmod a+rx ${folder}` }
    }
  }
  return { kind: 'unreadable', path, mend: `chmod a+r ${path}` }
}

/** Code is not to be run from where the file lies. */
function whyNotMapped(path: string, message: string): BindingProblem | undefined {
  if (!/failed to map segment|not permitted|ermission denied/.test(message)) return undefined
  const mount = mountOf(path)
  return mount?.options.includes('noexec') === true ? { kind: 'noexec', path, mount: mount.folder } : undefined
}

/** Where the file system that holds a file is mounted, and how; undefined where there is no such list. */
function mountOf(path: string): { folder: string; options: string[] } | undefined {
  let mounts: string
  try {
    mounts = readFileSync('/proc/self/mounts', 'utf8')
  } catch {
    return undefined
  }
  const real = realpathSync(path)
  let found: { folder: string; options: string[] } | undefined
  for (const line of mounts.split('\n')) {
    const [, escaped = '', , options = ''] = line.split(' ')
    // The list writes spaces, tabs and newlines as \040 and the like.
    const folder = escaped.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
    const holds = folder === '/' || real === folder || real.startsWith(`${folder}/`)
    // Of two mounts on one folder the later one hides the other.
    if (folder !== '' && holds && folder.length >= (found?.folder.length ?? 0)) {
      found = { folder, options: options.split(',') }
    }
  }
  return found
}

/** The file was found and read: it is for another machine, or the system lacks what it needs. */
function whyNotLinked(path: string, message: string, install: string): BindingProblem | undefined {
  const needed = /version [`'"]GLIBC_([\d.]+)' not found/.exec(message)?.[1]
  if (needed !== undefined) {
    return { kind: 'glibc', path, needed, found: libcHere().version ?? 'an older one' }
  }
  const elf = elfOf(path)
  if (elf !== null && elf.arch !== process.arch) {
    return { kind: 'architecture', path, built: elf.arch, found: process.arch, install }
  }
  if (elf !== null) {
    const { name: found } = libcHere()
    if (found === 'glibc' && /libc\.musl-|ld-musl-|libc\.so(?!\.6)/.test(message)) {
      return { kind: 'libc', path, built: 'musl', found, install }
    }
    if (found === 'musl' && /ld-linux|libc\.so\.6|symbol not found/.test(message)) {
      return { kind: 'libc', path, built: 'glibc', found, install }
    }
  }
  const isForeign = /incompatible architecture|not a valid Win32 application|wrong ELF class/.test(message)
  if (isForeign) return { kind: 'architecture', path, built: 'another processor', found: process.arch, install }
  return /invalid ELF header|file too short|not a mach-o file|Exec format error/i.test(message)
    ? { kind: 'damaged', path, install }
    : undefined
}

function elfOf(path: string): Elf | null {
  try {
    return readElf(path)
  } catch {
    return null
  }
}
