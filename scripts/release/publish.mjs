/**
 * Publishes what pack.mjs packed: the package of each platform, and at last the package itself, so that nobody can install it
 * before its addons are there. What the registry has already is left alone, so a run that broke off half-way is simply run again.
 *
 *     node scripts/release/publish.mjs                                  # build/packages, to npm's registry
 *     node scripts/release/publish.mjs --folder F --registry URL        # elsewhere: scripts/check-publishing.mjs
 *
 * In the release workflow npm takes the workflow's own identity (trusted publishing: there is no token), and signs where and from
 * what each package was built (provenance).
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { npm } from '../npm.mjs'
import { packageOf, targets } from './targets.mjs'

const { values } = parseArgs({ options: { folder: { type: 'string' }, registry: { type: 'string' } } })
const folder = values.folder ?? fileURLToPath(new URL('../../build/packages', import.meta.url))
const where = values.registry === undefined ? [] : ['--registry', values.registry]
/** GitHub Actions has this where a workflow may ask for a token of its identity. */
const isWorkflow = env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined

/** The first npm that publishes by a workflow's identity. */
const TRUSTED_SINCE = '11.5.1'

const packed = JSON.parse(readFileSync(join(folder, 'packages.json'), 'utf8'))
const order = [...Object.keys(targets).map(packageOf), 'corepool']

function checkBefore() {
  const names = packed.map(({ name }) => name)
  if (String(names) !== String(order)) {
    throw new Error(`${folder} has ${names.join(', ')}; published are, in this order: ${order.join(', ')}`)
  }
  const versions = [...new Set(packed.map(({ version }) => version))]
  if (versions.length !== 1) throw new Error(`the packages are of several versions: ${versions.join(', ')}`)
  if (!isWorkflow) return
  if (env.GITHUB_REF_NAME !== `v${versions[0]}`) {
    throw new Error(`the tag is ${env.GITHUB_REF_NAME}, and the packages are of version ${versions[0]}`)
  }
  const version = npm(folder, '--version').trim()
  if (version.localeCompare(TRUSTED_SINCE, 'en', { numeric: true }) < 0) {
    throw new Error(`npm ${version} cannot publish by the identity of a workflow: ${TRUSTED_SINCE} and later can`)
  }
}

/** The integrity of what the registry has by this name and version; undefined: it has nothing. */
function publishedIntegrity({ name, version }) {
  try {
    return JSON.parse(
      npm(folder, 'view', `${name}@${version}`, 'dist.integrity', '--json', '--prefer-online', ...where),
    )
  } catch (error) {
    // Of a package that exists without this version npm prints nothing, which is no JSON.
    if (error instanceof SyntaxError || error.message.includes('E404')) return undefined
    throw error
  }
}

function publish(pack) {
  const tarball = join(folder, pack.file)
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  const found = publishedIntegrity(pack)
  if (found === integrity) return 'was there'
  if (found !== undefined) {
    throw new Error(
      `the registry has another ${pack.name}@${pack.version} (${found}) than this one (${integrity}). Publish the files of the ` +
        'run that began it (re-run its failed job), or raise the version.',
    )
  }
  // A version such as 1.0.0-rc.1 must not become what `npm install corepool` installs.
  const tag = pack.version.includes('-') ? 'next' : 'latest'
  const signed = isWorkflow ? ['--provenance'] : []
  npm(folder, 'publish', tarball, '--access', 'public', '--tag', tag, '--ignore-scripts', ...signed, ...where)
  return 'published'
}

checkBefore()
for (const pack of packed) console.log(`${pack.name}@${pack.version}: ${publish(pack)}`)
