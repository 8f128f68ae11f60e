/**
 * `npm install corepool` as users run it, before anything is published: what scripts/release/pack.mjs packed goes to a registry on
 * this machine, and from there into empty projects, by npm, pnpm and yarn, on a PATH with nothing but Node. In each project the
 * tutorial runs, and kernels by import, by require and in TypeScript: on the addon; and then with the same values in plain
 * JavaScript, where optional dependencies were left out, and where the addon is for the wrong C library. There, the command that the
 * loader names is run, and must bring the addon.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm, withoutNpmSettings } from './npm.mjs'
import { startRegistry } from './registry.mjs'
import { packageOf, platformHere } from './release/targets.mjs'
import { packStandIns } from './stand-ins.mjs'
import { tool } from './tools.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = join(root, 'build', 'packages')
const programs = fileURLToPath(new URL('install', import.meta.url))
/** Milliseconds after which a program hangs. */
const PATIENCE = 60_000

const here = platformHere()
const foreign = here.replace('gnu', 'musl')
const work = mkdtempSync(join(tmpdir(), 'corepool-install-'))
const log = (line) => console.log(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${line}`)

/** A PATH on which Node is, and a shell, and neither compiler nor Rust. */
function barePath() {
  const folder = join(work, 'bin')
  mkdirSync(folder)
  symlinkSync(process.execPath, join(folder, 'node'))
  for (const name of ['sh', 'uname', 'ldd']) {
    const path = ['/bin', '/usr/bin'].map((one) => join(one, name)).find(existsSync)
    if (path !== undefined) symlinkSync(path, join(folder, name))
  }
  return folder
}

const base = {
  ...Object.fromEntries(
    Object.entries(withoutNpmSettings()).filter(([name]) => !/^(COREPOOL_|CARGO|RUST|NODE_OPTIONS$)/.test(name)),
  ),
  HOME: join(work, 'home'),
  PATH: barePath(),
  // A run of a continuous integration system makes yarn refuse to write a lock file.
  CI: '',
}
mkdirSync(base.HOME)
const withoutRust = spawnSync('cargo', ['--version'], { env: base })
if (withoutRust.error?.code !== 'ENOENT')
  throw new Error('cargo is on the PATH: this would not be what most users have')

function run(folder, args, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...base, ...env },
    timeout: PATIENCE,
  })
  if (status !== 0)
    throw new Error(`node ${args.join(' ')} failed in ${folder}: ${error?.message ?? ''}${stdout}${stderr}`)
  return { stdout, stderr }
}

function expectSame(what, actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: ${a}, and not ${b}`)
}

/** The npm that runs this script, or the one on the PATH, as a script for Node. */
function npmScript() {
  const running = process.env.npm_execpath
  if (running?.endsWith('npm-cli.js')) return running
  return join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm', 'bin', 'npm-cli.js')
}

/** How each package manager installs, leaves optional dependencies out, and is told of another C library. */
const managers = {
  npm: {
    script: npmScript(),
    add: ['install', 'corepool', '--no-audit', '--no-fund', '--loglevel=error'],
    settings: (url) => ({ '.npmrc': `registry=${url}\ncache=${join(work, 'npm-cache')}\n` }),
    bare: { options: ['--omit=optional'] },
    foreign: { options: ['--libc=musl'] },
  },
  pnpm: {
    script: tool('pnpm'),
    add: ['add', 'corepool'],
    settings: (url) => ({
      '.npmrc': `registry=${url}\nstore-dir=${join(work, 'pnpm-store')}\ncache-dir=${join(work, 'pnpm-cache')}\n`,
      'pnpm-workspace.yaml': 'packages: []\n',
    }),
    bare: { options: ['--no-optional'] },
    foreign: { files: { 'pnpm-workspace.yaml': 'packages: []\nsupportedArchitectures: { libc: [musl] }\n' } },
  },
  yarn: {
    script: tool('yarn'),
    add: ['add', 'corepool'],
    settings: (url, more = '') => ({
      '.yarnrc.yml':
        `npmRegistryServer: "${url}"\nunsafeHttpWhitelist: ["127.0.0.1"]\nnpmMinimalAgeGate: 0\nnodeLinker: node-modules\n` +
        `enableTelemetry: false\nglobalFolder: ${join(work, 'yarn')}\n${more}`,
    }),
    // It has no way to leave them out: a machine for which there is no addon comes to the same.
    bare: { more: 'supportedArchitectures: { os: [aix], cpu: [ppc64], libc: [none] }\n' },
    foreign: { more: 'supportedArchitectures: { libc: [musl] }\n' },
  },
}

/** An empty project, with the programs in it. */
function project(name, manager, url, { files = {}, more } = {}) {
  const folder = join(work, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "name": "project", "private": true, "type": "module" }\n')
  for (const [file, text] of Object.entries({ ...manager.settings(url, more), ...files }))
    writeFileSync(join(folder, file), text)
  for (const file of ['kernel.mjs', 'required.cjs']) copyFileSync(join(programs, file), join(folder, file))
  for (const file of ['square-and-cube.js', 'process-ids.js'])
    copyFileSync(join(root, 'build', 'examples', file), join(folder, file))
  return folder
}

/** The tutorial, whose processes print in whichever order they come. */
function runTutorial(folder) {
  const { stdout, stderr } = run(folder, ['square-and-cube.js'])
  expectSame(
    'the tutorial',
    [stdout.trim().split('\n').toSorted(), stderr],
    [['Cube: 1000', 'Done!', 'Square: 100'], ''],
  )
  const ids = run(folder, ['process-ids.js']).stdout
  expectSame('the ids of processes', ids.match(/^Process p\d is alive: false$/gm)?.length, 2)
}

function runKernel(folder) {
  const { stdout, stderr } = run(folder, ['kernel.mjs'])
  expectSame('what the kernels said on stderr', stderr, '')
  const { parts, ...printed } = JSON.parse(stdout)
  expectSame('a compiled kernel, and a sum', parts, [1, 3, 5, 1])
  return printed
}

function runRequired(folder, isNative) {
  const { stdout, stderr } = run(folder, ['required.cjs'])
  expectSame('by require()', [JSON.parse(stdout), stderr], [{ isNative, squares: [9, 16], value: 144 }, ''])
}

/** Compiles against the types of the package, every library checked, and runs what comes out. */
function runTyped(folder, isNative) {
  for (const file of ['typed.ts', 'work.ts']) copyFileSync(join(programs, file), join(folder, file))
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts', 'work.ts'] }))
  run(folder, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'])
  const { stdout } = run(folder, ['typed.js'])
  expectSame('in TypeScript', JSON.parse(stdout), {
    isNative,
    wide: [0.015625],
    value: 42,
    cpus: true,
    wrong: 'function',
  })
}

/** Packages of this scope that were installed. */
function bindingsIn(folder) {
  const pnpm = join(folder, 'node_modules', '.pnpm')
  const scope = join(folder, 'node_modules', '@corepool')
  if (existsSync(pnpm)) {
    const entries = readdirSync(pnpm).filter((name) => name.startsWith('@corepool+'))
    return entries.map((name) => name.replace(/^@corepool\+(.*)@.*$/, '@corepool/$1')).toSorted()
  }
  return existsSync(scope)
    ? readdirSync(scope)
        .map((name) => `@corepool/${name}`)
        .toSorted()
    : []
}

/** What a package manager makes of it, in three projects. */
function check(name, url, expectedHash) {
  const manager = managers[name]
  const add = (folder, options = []) => run(folder, [manager.script, ...manager.add, ...options])

  const whole = project(name, manager, url)
  add(whole)
  expectSame(`what ${name} installed`, bindingsIn(whole), [packageOf(here)])
  const native = runKernel(whole)
  expectSame(`the engine after ${name}`, [native.isNative, native.answer, native.hash], [true, 'native', expectedHash])
  runTutorial(whole)
  runRequired(whole, true)
  runTyped(whole, true)
  log(`${name}: the addon runs; import, require(), TypeScript and the tutorial`)

  for (const [situation, expected, installed] of [
    ['bare', /^cores\.resize\(2\) needs .* is not installed .*Install it: (.*)$/, []],
    [
      'foreign',
      /^cores\.resize\(2\) needs .* is built for musl, and this system has glibc .*Install the right one: (.*)$/,
      [packageOf(foreign)],
    ],
  ]) {
    const folder = project(`${name}-${situation}`, manager, url, manager[situation])
    add(folder, manager[situation].options)
    expectSame(`what ${name} installed (${situation})`, bindingsIn(folder), installed)
    const plain = runKernel(folder)
    expectSame(`the engine after ${name} (${situation})`, [plain.isNative, plain.hash], [false, expectedHash])
    const command = expected.exec(plain.answer)?.[1]
    if (command === undefined) throw new Error(`${name} (${situation}): ${plain.answer}`)
    runTutorial(folder)
    runRequired(folder, false)
    runTyped(folder, false)
    // The settings that kept the right addon away are a choice of the user's, who takes it back with the command.
    for (const [file, text] of Object.entries(manager.settings(url))) writeFileSync(join(folder, file), text)
    const [program, ...args] = command.split(' ')
    expectSame('the package manager of the command', program, name)
    run(folder, [manager.script, ...args])
    expectSame(`the engine after "${command}"`, runKernel(folder).isNative, true)
    log(
      `${name}, ${situation === 'bare' ? 'no optional dependencies' : 'the wrong C library'}: plain JavaScript, the same values; mended by: ${command}`,
    )
  }
}

/** What plain JavaScript gives, without this package: the hash of the same results. */
function plainHash() {
  const text = readFileSync(join(programs, 'kernel.mjs'), 'utf8')
  const own = `
    const kernel = (f) => Object.assign((x, { out } = {}) => (out ?? x.slice()).map((_, i) => f(x[i])), { async: async (x) => x.map((v) => f(v)) })
    const square = kernel((v) => v * v), cube = kernel((v) => v * v * v), isNative = false, cores = { resize() {} }, sum = () => 1`
  const source = text.replace(/^import .*'corepool'$/m, own)
  return JSON.parse(run(work, ['--input-type=module', '--eval', source]).stdout).hash
}

/** The run-time dependencies, as they are installed here, and those of these. */
function packDependencies() {
  const found = new Set()
  const visit = (manifest) => {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (found.has(name)) continue
      found.add(name)
      visit(JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')))
    }
  }
  visit(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return [...found].map((name) => {
    const [{ filename }] = JSON.parse(
      npm(join(root, 'node_modules', name), 'pack', '--json', '--ignore-scripts', '--pack-destination', work),
    )
    return join(work, filename)
  })
}

const registry = await startRegistry()
try {
  log(`a registry listens at ${registry.url}`)
  const packed = JSON.parse(readFileSync(join(packages, 'packages.json'), 'utf8'))
  const tarballs = [
    ...packDependencies(),
    ...packStandIns(work, foreign).map(({ file }) => file),
    ...packed.map(({ file }) => join(packages, file)),
  ]
  for (const tarball of tarballs) registry.publish(tarball)
  log(`${tarballs.length} packages are published to it`)
  const hash = plainHash()
  const names = process.argv.slice(2)
  for (const name of names.length > 0 ? names : Object.keys(managers)) check(name, registry.url, hash)
} finally {
  await registry.stop()
  rmSync(work, { recursive: true, force: true })
}
log('corepool can be installed')
