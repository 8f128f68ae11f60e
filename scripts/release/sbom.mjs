/**
 * Writes what is in the published packages (a software bill of materials, CycloneDX 1.5) to build/packages/corepool.cdx.json: the
 * package itself, what npm installs with it, and the crates that are compiled into the addons.
 *
 * Made from the two lock files here. `npm sbom` describes this repository, with its bench and without a crate; the tools that
 * know crates take minutes to build, and know nothing of npm.
 */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageOf, targets } from './targets.mjs'

const root = new URL('../../', import.meta.url)
const output = fileURLToPath(new URL('build/packages/corepool.cdx.json', root))
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'))

/** What the list holds, and what each needs, by package URL. */
const components = new Map()
const dependencies = new Map()

const npmUrl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`
const crateUrl = ({ name, version }) => `pkg:cargo/${name}@${version}`
const isMacro = (crate) => crate.targets.some(({ kind }) => kind.includes('proc-macro'))

/** As the list has it; a licence is an expression of SPDX, but where a crate writes a slash of old. */
function component(purl, name, version, licence, hashes = []) {
  const licenses = [{ expression: licence.replaceAll('/', ' OR ') }]
  return { 'bom-ref': purl, type: 'library', name, version, purl, licenses, ...(hashes.length > 0 && { hashes }) }
}

/** Adds these run-time dependencies, and those of these, by the lock file. */
function addFromNpm(names) {
  return Object.keys(names ?? {}).map((name) => {
    const { version, license, integrity, dependencies: needed } = lock.packages[`node_modules/${name}`]
    const purl = npmUrl(name, version)
    if (!components.has(purl)) {
      const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
      components.set(purl, component(purl, name, version, license, [{ alg: 'SHA-512', content }]))
      dependencies.set(purl, addFromNpm(needed))
    }
    return purl
  })
}

/** What `cargo metadata` says of this workspace. */
function cargoMetadata() {
  const args = ['metadata', '--format-version', '1', '--locked']
  const options = { cwd: fileURLToPath(root), encoding: 'utf8', maxBuffer: 1 << 28 }
  const { status, stdout, stderr, error } = spawnSync('cargo', args, options)
  if (status !== 0) throw new Error(`cargo ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}

/** The checksum of each crate, by name and version. */
function checksums() {
  const text = readFileSync(new URL('Cargo.lock', root), 'utf8')
  const entry = /name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"/g
  return new Map([...text.matchAll(entry)].map(([, name, version, content]) => [`${name}@${version}`, content]))
}

/** Adds the crates that the addon is linked from, for any platform: neither those that only build it nor those that only test it. */
function addFromCargo() {
  const { packages, resolve } = cargoMetadata()
  const crates = new Map(packages.map((crate) => [crate.id, crate]))
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]))
  const hashOf = checksums()
  const isLinked = ({ pkg, dep_kinds: kinds }) =>
    // The model checker of the pool is linked by its own check alone.
    kinds.some(({ kind, target }) => kind === null && target !== 'cfg(loom)') && !isMacro(crates.get(pkg))
  const add = (id) => {
    const { name, version, license } = crates.get(id)
    const purl = crateUrl({ name, version })
    if (components.has(purl)) return purl
    const content = hashOf.get(`${name}@${version}`)
    const hashes = content === undefined ? [] : [{ alg: 'SHA-256', content }]
    components.set(purl, component(purl, name, version, license, hashes))
    const linked = nodes.get(id).deps.filter(isLinked)
    dependencies.set(
      purl,
      linked.map(({ pkg }) => add(pkg)),
    )
    return purl
  }
  return add(packages.find(({ name }) => name === 'corepool-node').id)
}

const { version, license } = manifest
const direct = addFromNpm(manifest.dependencies)
const addon = addFromCargo()
const bindings = Object.keys(targets).map((platform) => {
  const purl = npmUrl(packageOf(platform), version)
  components.set(purl, component(purl, packageOf(platform), version, license))
  dependencies.set(purl, [addon])
  return purl
})
const self = component(npmUrl('corepool', version), 'corepool', version, license)
dependencies.set(self.purl, [...direct, ...bindings])

const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: `urn:uuid:${randomUUID()}`,
  version: 1,
  metadata: { timestamp: new Date().toISOString(), component: self },
  components: [...components.values()],
  dependencies: Array.from(dependencies, ([ref, dependsOn]) => ({ ref, dependsOn })),
}
mkdirSync(dirname(output), { recursive: true })
writeFileSync(output, `${JSON.stringify(bom, null, 2)}\n`)
const crates = [...components.keys()].filter((purl) => purl.startsWith('pkg:cargo/')).length
console.log(`${output}: ${components.size - crates} packages of npm, ${crates} crates`)
