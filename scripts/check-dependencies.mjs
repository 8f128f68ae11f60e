/**
 * What this project depends on is what its lock files say, and may be used: the lock files are in step with the manifests, each entry has a
 * checksum and comes from the registry, and the licences of what users get are those that deny.toml allows. And each of these
 * notices a fault that is put in. cargo-deny (scripts/check-crates.sh) says more of crates, and takes minutes to build.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file) => readFileSync(join(root, file), 'utf8')
/** Folders with a package-lock.json; and the manifests beside that of the folder that it also covers. */
const npmFolders = { '.': ['bench/package.json'], 'scripts/tools': [] }
const allowed = /^allow = \[(.*)\]$/m
  .exec(read('deny.toml'))[1]
  .split(',')
  .map((one) => one.trim().slice(1, -1))

/** Entries of a package-lock.json that are not by checksum from npm's registry. */
function looseEntries({ packages }) {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .filter(([, { integrity, resolved }]) => integrity?.startsWith('sha512-') !== true || resolved !== undefined)
    .map(
      ([path, { resolved }]) =>
        `package-lock.json: ${path} ${resolved === undefined ? 'has no checksum' : `is from ${resolved}`}`,
    )
}

/** Entries of Cargo.lock that are neither of this workspace nor by checksum from the registry. */
function looseCrates(text) {
  const entries = text.split('[[package]]').slice(1)
  return entries
    .filter((entry) => entry.includes('\nsource = ') || entry.includes('\nchecksum = '))
    .filter(
      (entry) =>
        !/\nsource = "registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index"\nchecksum = "[\da-f]{64}"/.test(
          entry,
        ),
    )
    .map((entry) => `Cargo.lock: ${/name = "(.*)"/.exec(entry)?.[1]} is not by checksum from crates.io`)
}

/** Whether an SPDX expression can be met: all of it that is joined by AND, one of what is joined by OR. */
function mayBeUsed(licence) {
  const parts = licence.replaceAll('/', ' OR ').split(' AND ')
  return parts.every((part) =>
    part
      .replace(/^\((.*)\)$/, '$1')
      .split(' OR ')
      .some((one) => allowed.includes(one)),
  )
}

/** Crates, and packages that users install, whose licence is not allowed. */
function forbidden(packages) {
  return packages
    .filter(({ license }) => typeof license !== 'string' || !mayBeUsed(license))
    .map(({ name, license }) => `${name} has the licence ${license}; allowed are ${allowed.join(', ')} (deny.toml)`)
}

/** What npm says of lock files that do not fit their manifests; undefined: nothing. */
function npmObjection(folder, manifest = read(join(folder, 'package.json'))) {
  const copy = mkdtempSync(join(tmpdir(), 'corepool-lock-'))
  try {
    writeFileSync(join(copy, 'package.json'), manifest)
    for (const file of ['package-lock.json', ...npmFolders[folder]]) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      writeFileSync(join(copy, file), read(join(folder, file)))
    }
    npm(copy, 'ci', '--dry-run', '--ignore-scripts')
    return undefined
  } catch (error) {
    return error.message
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** What `cargo metadata` says, by the lock file as it is. */
function crates() {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }
  const { status, stdout, stderr } = spawnSync('cargo', ['metadata', '--format-version', '1', '--locked'], options)
  if (status !== 0) throw new Error(`Cargo.lock does not fit the manifests: ${stderr}`)
  return JSON.parse(stdout).packages
}

const problems = []
const mustNotice = (what, found) => {
  if (found === undefined || found.length === 0) problems.push(`nothing notices ${what}`)
}

const locks = Object.keys(npmFolders).map((folder) => JSON.parse(read(join(folder, 'package-lock.json'))))
const used = Object.entries(locks[0].packages)
  .filter(([path, { dev, link }]) => path.startsWith('node_modules/') && dev !== true && link !== true)
  .map(([path, { license }]) => ({ name: path.slice('node_modules/'.length), license }))
problems.push(...locks.flatMap(looseEntries), ...looseCrates(read('Cargo.lock')), ...forbidden([...crates(), ...used]))
for (const folder of Object.keys(npmFolders)) problems.push(...[npmObjection(folder) ?? []].flat())

const integrity = locks[0].packages['node_modules/acorn'].integrity
mustNotice('a package without a checksum', looseEntries({ packages: { 'node_modules/a': {} } }))
mustNotice(
  'a package from elsewhere',
  looseEntries({ packages: { 'node_modules/a': { integrity, resolved: 'git+ssh://elsewhere/a' } } }),
)
mustNotice(
  'a crate from elsewhere',
  looseCrates(read('Cargo.lock').replace('source = "registry+https', 'source = "git+https')),
)
mustNotice('a crate without a checksum', looseCrates(read('Cargo.lock').replace(/\nchecksum = .*/, '')))
for (const license of ['GPL-3.0-only', 'MIT AND GPL-3.0-only', '(GPL-2.0-only OR GPL-3.0-only) AND MIT', undefined]) {
  mustNotice(`the licence ${license}`, forbidden([{ name: 'a', license }]))
}
const manifest = JSON.parse(read('package.json'))
manifest.dependencies.acorn = '8.0.0'
mustNotice('a manifest that the lock file does not fit', npmObjection('.', JSON.stringify(manifest)))

for (const problem of problems) console.error(problem)
if (problems.length === 0)
  console.log(`dependencies: lock files in step, by checksum from the registries; licences: ${allowed.join(', ')}`)
exit(problems.length === 0 ? 0 : 1)
