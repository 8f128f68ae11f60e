/**
 * Packs what is published, into build/packages: the package itself, and one for each addon in build/addons. Expects a clone that
 * set-up.mjs made ready.
 *
 *     node scripts/release/pack.mjs            # the addons that are there
 *     node scripts/release/pack.mjs --need-all # an addon for every platform, or nothing
 *
 * The manifests of what is published are made here, from package.json: without scripts, and with every platform package as
 * an optional dependency of exactly this version.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from '../npm.mjs'
import { fileOf, packageOf, targets } from './targets.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'build', 'packages')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const platforms = Object.keys(targets)

/** What users need to know; what only this repository does is left out. */
const published = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'type',
  'main',
  'types',
  'exports',
  'engines',
]

/** Where the sources are, which npm compares with the origin of the build; only the workflow knows. */
function repository() {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env
  return server === undefined || name === undefined
    ? {}
    : { repository: { type: 'git', url: `git+${server}/${name}.git` } }
}

function writeManifest(home, contents) {
  writeFileSync(join(home, 'package.json'), `${JSON.stringify({ ...contents, ...repository() }, null, 2)}\n`)
}

/** The files that run (scripts/bundle.mjs), and types. Addons have packages of their own; maps would double what users download. */
const isPublished = (path) =>
  statSync(path).isDirectory() ||
  /\.d\.ts$|\.cjs$|[\\/](bundle[\\/](corepool|to-be-bundled)|child[\\/](hold|parent-watch-thread))\.js$/.test(path)

/** Modules without the line that would lead to a map. */
function copyModules(home) {
  cpSync(join(root, 'dist'), join(home, 'dist'), { recursive: true, filter: isPublished })
  for (const file of readdirSync(join(home, 'dist'), { recursive: true })) {
    const path = join(home, 'dist', file)
    if (!/\.c?[jt]s$/.test(path)) continue
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'))
  }
}

function stageFacade() {
  const home = join(folder, 'stage', manifest.name)
  mkdirSync(home, { recursive: true })
  copyModules(home)
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE']) copyFileSync(join(root, name), join(home, name))
  writeManifest(home, {
    ...Object.fromEntries(published.map((field) => [field, manifest[field]])),
    dependencies: manifest.dependencies,
    optionalDependencies: Object.fromEntries(platforms.map((platform) => [packageOf(platform), manifest.version])),
    files: ['dist', 'CHANGELOG.md'],
    publishConfig: { access: 'public' },
  })
  return home
}

/** The folders that @napi-rs/cli makes, filled with the addons that are there. */
function stageBindings() {
  const stage = join(folder, 'stage', 'bindings')
  const cli = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js')
  const { status, stderr, stdout } = spawnSync(process.execPath, [cli, 'create-npm-dirs', '--npm-dir', stage], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`napi create-npm-dirs failed: ${stderr}${stdout}`)
  const made = readdirSync(stage).toSorted()
  if (String(made) !== String(platforms.toSorted())) {
    throw new Error(`package.json says ${made.join(', ')}; scripts/release/targets.mjs says ${platforms.join(', ')}`)
  }
  return platforms.flatMap((platform) => {
    const addon = join(root, 'build', 'addons', fileOf(platform))
    if (!existsSync(addon)) {
      if (process.argv.includes('--need-all')) throw new Error(`there is no ${addon}`)
      return []
    }
    const home = join(stage, platform)
    copyFileSync(addon, join(home, fileOf(platform)))
    copyFileSync(join(root, 'LICENSE'), join(home, 'LICENSE'))
    const contents = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    const description = `The native addon of corepool for ${platform}: an optional dependency of corepool, which loads it`
    writeManifest(home, { ...contents, description, publishConfig: { access: 'public' } })
    return [home]
  })
}

rmSync(folder, { recursive: true, force: true })
// The platform packages first: whoever publishes in this order never shows the package without them.
const packed = [...stageBindings(), stageFacade()].map((home) => {
  const [{ name, version, filename, size, unpackedSize, files }] = JSON.parse(
    npm(home, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  )
  return { name, version, file: filename, size, unpackedSize, files: files.map(({ path }) => path) }
})
writeFileSync(join(folder, 'packages.json'), `${JSON.stringify(packed, null, 2)}\n`)
for (const { file, size, files } of packed) console.log(`${file}: ${size} bytes, ${files.length} files`)
