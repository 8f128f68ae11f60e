/**
 * Runs the core of the test suite on the addon in build/addons that build-addon.mjs made for this machine's platform, here or elsewhere.
 * Needs no Rust toolchain.
 *
 *     node scripts/release/test-addon.mjs linux-x64-gnu
 *     node scripts/release/test-addon.mjs linux-x64-musl # on a system with glibc: in a container of Alpine, by docker
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath, getgid, getuid, version } from 'node:process'
import { fileURLToPath } from 'node:url'
import { runTests } from '../core-tests.mjs'
import { run } from '../run.mjs'
import { fileOf, platformHere, targets } from './targets.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [, , platform = ''] = argv
const wanted = targets[platform]
if (wanted === undefined) throw new Error(`"${platform}" is none of ${Object.keys(targets).join(', ')}`)

/** What it prints belongs to what this prints. */
const printing = { stdio: ['ignore', 1, 2] }

function testHere() {
  run(execPath, ['scripts/set-up.mjs', '--no-rust'], printing)
  const { isGood, summary, details } = runTests(execPath, {
    env: { COREPOOL_BINDING: join(root, 'build', 'addons', fileOf(platform)) },
  })
  for (const detail of details) console.log(detail)
  console.log(`addon for ${platform} on Node ${version}: ${summary}`)
  process.exitCode = isGood ? 0 : 1
}

/** The same command in a container, on a copy of what git has: the container's packages are those for musl. */
function testInContainer() {
  const copy = mkdtempSync(join(tmpdir(), 'corepool-alpine-'))
  try {
    run('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, join(copy, 'corepool')])
    cpSync(join(root, 'build', 'addons'), join(copy, 'corepool', 'build', 'addons'), { recursive: true })
    const image = `node:${version.slice(1).split('.')[0]}-alpine`
    const inside = ['node', 'scripts/release/test-addon.mjs', platform]
    const mount = ['--volume', `${join(copy, 'corepool')}:/corepool`, '--workdir', '/corepool']
    // As this user, whose files they are to remain.
    const user = ['--user', `${getuid()}:${getgid()}`, '--env', 'HOME=/tmp']
    run('docker', ['run', '--rm', ...user, ...mount, image, ...inside], printing)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

const here = platformHere()
if (platform === here) testHere()
else if (wanted.libc === 'musl' && here === platform.replace('musl', 'gnu')) testInContainer()
else throw new Error(`the addon for ${platform} cannot run on ${here}`)
