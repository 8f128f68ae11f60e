import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'rolldown'
import { describe, expect, test } from 'vitest'
import { addonThatNeeds, builtAddon, compile, foreignAddon, install, platformPackage } from './fixtures/installation.ts'
import type { Installation } from './fixtures/installation.ts'
import { program } from './fixtures/run-program.ts'

const require = createRequire(import.meta.url)
const { version } = require('../package.json') as { version: string }
const remedy = `npm install --save-optional --include=optional ${platformPackage}@${version}`

interface Circumstances {
  readonly options?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Run as a user for whom modes of files count. */
  readonly asNobody?: boolean
  /** A command in front of Node. */
  readonly within?: readonly string[]
}

/** Runs the program in a project, and gives what it printed; the last line is its answer to `cores.resize(2)`. */
function run({ folder }: Installation, { options = [], env, asNobody, within = [] }: Circumstances = {}): string[] {
  copyFileSync(program('without-addon.mjs'), join(folder, 'program.mjs'))
  const [command, ...args] = [...within, process.execPath, ...options, 'program.mjs']
  const result = spawnSync(command ?? '', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, COREPOOL_BINDING: '', NODE_OPTIONS: '', NODE_NO_WARNINGS: '1', ...env },
    // Root may read everything.
    ...(asNobody === true && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
  })
  expect(result.stderr).toBe('')
  expect(result.status).toBe(0)
  return result.stdout.trim().split('\n')
}

/** Plain JavaScript runs, with the same values; what is native answers with this reason. */
function expectPlain(lines: string[], reason: string | RegExp): void {
  const [engine, answer = ''] = lines
  expect(engine).toBe('false 9,-25536')
  expect(answer).toMatch(/^CorepoolError ERR_BINDING_LOAD: cores\.resize\(2\) needs the native addon of corepool, and /)
  const said = answer.replace(/^.* and there is none here: /, '')
  if (typeof reason === 'string') expect(said).toBe(reason)
  else expect(said).toMatch(reason)
}

test('the addon of the platform package runs, and what is native is there', () => {
  using project = install((path) => copyFileSync(builtAddon, path))
  expect(run(project)).toEqual(['true 9,-25536', 'resized'])
})

test('the manifests of both languages, the facade and the addon are of one version', () => {
  const cargo = readFileSync(new URL('../Cargo.toml', import.meta.url), 'utf8')
  expect(/^version = "(.*)"/m.exec(cargo)?.[1]).toBe(version)
  expect((require(builtAddon) as { VERSION: string }).VERSION).toBe(version)
  expect((require('../dist/native/version.js') as { VERSION: string }).VERSION).toBe(version)
})

describe('without an addon that loads, plain JavaScript runs in silence, and what is native says why and what to do', () => {
  test('when COREPOOL_BINDING=none', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    expectPlain(
      run(project, { env: { COREPOOL_BINDING: 'none' } }),
      'COREPOOL_BINDING=none asks for plain JavaScript. Unset it: unset COREPOOL_BINDING',
    )
  })

  test('when the package is missing', () => {
    using project = install()
    expectPlain(
      run(project),
      `the package ${platformPackage} is not installed (optional dependencies were left out, or the lock file was written ` +
        `without them). Install it: ${remedy}`,
    )
  })

  test('when node_modules was made for another platform', () => {
    using project = install((path) => copyFileSync(builtAddon, path), '@corepool/binding-darwin-arm64')
    expectPlain(
      run(project),
      `the package ${platformPackage} is not installed (but @corepool/binding-darwin-arm64 is: node_modules was made for ` +
        `another platform). Install it: ${remedy}`,
    )
  })

  test.each([
    ['pnpm', 'node_modules/.pnpm/corepool@1.0.0/node_modules', 'pnpm add --save-optional'],
    ['yarn', undefined, 'yarn add --optional'],
  ])('when the package is missing, in the words of %s', (_manager, modules, command) => {
    using project = install()
    if (modules === undefined) writeFileSync(join(project.folder, 'node_modules/.yarn-state.yml'), '')
    else {
      cpSync(join(project.folder, 'node_modules'), join(project.folder, 'kept'), { recursive: true })
      const store = join(project.folder, modules)
      mkdirSync(store, { recursive: true })
      execFileSync(
        'sh',
        ['-c', `rm -r node_modules/corepool && mv kept/corepool '${store}' && ln -s '${store}/corepool' node_modules`],
        {
          cwd: project.folder,
        },
      )
    }
    expectPlain(run(project), new RegExp(`Install it: ${command} ${platformPackage}@`))
  })

  test('when there is none for the platform', () => {
    using project = install()
    // No machine of another kind is at hand: Node is told that it runs on one.
    writeFileSync(join(project.folder, 's390x.cjs'), "Object.defineProperty(process, 'arch', { value: 's390x' })")
    expectPlain(
      run(project, { options: ['--require', './s390x.cjs'] }),
      /^there is none for linux-s390x, only for linux-x64-gnu, /,
    )
  })

  test('when glibc is too old', () => {
    using project = install((path) => addonThatNeeds(path, 'libc.so.6', 'GLIBC_2.99'))
    const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime: string } }
    expectPlain(
      run(project),
      `${realpathSync(project.addon)} needs glibc 2.99, and this system has ${header.glibcVersionRuntime}. Use a newer system or ` +
        'container image (FROM node:22-slim), or build the addon on this one: npm start in a clone.',
    )
  })

  test.each(['libc.musl-x86_64.so.1', 'libc.so'])('when it is built for musl (it needs %s)', (library) => {
    using project = install((path) => addonThatNeeds(path, library, 'MUSL_1'))
    expectPlain(
      run(project),
      `${realpathSync(project.addon)} is built for musl, and this system has glibc (was node_modules copied from another ` +
        `image?). Install the right one: ${remedy}`,
    )
  })

  test('when it is built for glibc, and the system has musl', () => {
    using project = install((path) => addonThatNeeds(path, 'ld-linux-x86-64.so.9', 'GLIBC_2.17'))
    // No system with musl is at hand: Node is told that its C library has no version to tell.
    const source =
      'const report = process.report.getReport(); delete report.header.glibcVersionRuntime; process.report.getReport = () => report'
    writeFileSync(join(project.folder, 'musl.cjs'), source)
    expectPlain(
      run(project, { options: ['--require', './musl.cjs'] }),
      `${realpathSync(project.addon)} is built for glibc, and this system has musl (was node_modules copied from another ` +
        `image?). Install the right one: ${remedy.replace('gnu', 'musl')}`,
    )
  })

  test('when it is built for another processor', () => {
    using project = install((path) => {
      const bytes = readFileSync(builtAddon)
      bytes.writeUInt16LE(183, 18)
      writeFileSync(path, bytes)
    })
    expectPlain(
      run(project),
      `${realpathSync(project.addon)} is built for arm64, and this Node for x64 (was node_modules copied from another machine?). ` +
        `Install the right one: ${remedy}`,
    )
  })

  test.each([
    ['half of it is there', (path: string) => truncateSync(path, readFileSync(path).length / 2)],
    ['it is empty', (path: string) => truncateSync(path, 0)],
    [
      'it is something else',
      (path: string) => writeFileSync(path, 'version https://git-lfs.github.com/spec/v1\n'.repeat(9)),
    ],
  ])('when it is damaged: %s', (_what, damage) => {
    using project = install((path) => {
      copyFileSync(builtAddon, path)
      damage(path)
    })
    expectPlain(
      run(project),
      `${realpathSync(project.addon)} is damaged: it is cut short, or no library. Remove it and install it again: ${remedy}`,
    )
  })

  test('when its file may not be read', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    chmodSync(project.addon, 0o000)
    const path = realpathSync(project.addon)
    expectPlain(run(project, { asNobody: true }), `this user may not read ${path}. Let it: chmod a+r ${path}`)
    // The command mends it.
    execFileSync('chmod', ['a+r', path])
    expect(run(project, { asNobody: true })).toEqual(['true 9,-25536', 'resized'])
  })

  test('when its folder may not be entered', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    const scope = realpathSync(dirname(dirname(project.addon)))
    chmodSync(scope, 0o000)
    try {
      expectPlain(
        run(project, { asNobody: true }),
        `this user may not read ${scope}/binding-linux-x64-gnu/package.json. Let it: chmod a+rx ${scope}`,
      )
    } finally {
      execFileSync('chmod', ['a+rx', scope])
    }
    expect(run(project, { asNobody: true })).toEqual(['true 9,-25536', 'resized'])
  })

  test('when it lies on a file system from which no code may be loaded', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    const folder = realpathSync(dirname(project.addon))
    // A name space of its own, which ends with the program; root needs no user name space for it.
    const options = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user']
    const mount = (flags: string, then: string): string[] => [
      'unshare',
      ...options,
      'sh',
      '-ec',
      `cp -r ${folder} ${folder}.kept; mount -t tmpfs -o ${flags} tmpfs ${folder}; cp ${folder}.kept/* ${folder}; ` +
        `rm -r ${folder}.kept; ${then} exec "$@"`,
      'sh',
    ]
    expectPlain(
      run(project, { within: mount('noexec', '') }),
      `${folder}/corepool.node lies on ${folder}, which is mounted noexec: no code may be loaded from there. Install elsewhere, ` +
        `or as root: mount -o remount,exec ${folder}`,
    )
    const mended = mount('noexec', `mount -o remount,exec ${folder};`)
    expect(run(project, { within: mended })).toEqual(['true 9,-25536', 'resized'])
  })

  test('when Node runs with --no-addons', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    const answer = 'Node runs with --no-addons. Leave that option out (also of NODE_OPTIONS).'
    expectPlain(run(project, { options: ['--no-addons'] }), answer)
    expectPlain(run(project, { env: { NODE_OPTIONS: '--no-addons' } }), answer)
  })

  // Node 20 knows the one name, Node 24 the other, Node 22 both.
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'

  test('when Node runs with its permission model', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    expectPlain(
      run(project, { options: [flag, '--allow-fs-read=*'] }),
      `Node runs with its permission model (${flag}), which allows no addons. Allow them: node ${flag} --allow-addons`,
    )
    expect(run(project, { options: [flag, '--allow-fs-read=*', '--allow-addons'] })).toEqual([
      'true 9,-25536',
      'resized',
    ])
  })

  test('when its permission model does not let it read the package', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    const readable = ['program.mjs', 'package.json', 'node_modules/corepool'].map((name) => join(project.folder, name))
    const allow = readable.map((path) => `--allow-fs-read=${path}`)
    const lines = run(project, { options: [flag, '--allow-addons', ...allow] })
    expectPlain(
      lines,
      new RegExp(
        `^Node runs with its permission model \\(${flag}\\), which does not let it read \\S+\\. Allow it: node ${flag} --allow-addons --allow-fs-read=`,
      ),
    )
    const [named] = / --allow-fs-read=\S+$/.exec(lines[1] ?? '') ?? []
    expect(run(project, { options: [flag, '--allow-addons', ...allow, String(named).trim()] })).toEqual([
      'true 9,-25536',
      'resized',
    ])
  })

  test('when it is of another version', () => {
    using project = install((path) => foreignAddon(path, '0.0.1'))
    expectPlain(
      run(project),
      `${realpathSync(project.addon)} is of version 0.0.1, and corepool of ${version}. Install the one that belongs to it: ${remedy}`,
    )
  })

  test('when it lies in an asar archive of Electron', () => {
    using project = install()
    const archive = join(project.folder, 'app.asar/node_modules')
    mkdirSync(archive, { recursive: true })
    execFileSync('mv', ['node_modules/corepool', archive], { cwd: project.folder })
    const home = join(archive, platformPackage)
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), '{ "main": "corepool.node" }')
    writeFileSync(join(home, 'corepool.node'), 'what fs shows of an archive, and dlopen does not find')
    // No Electron is at hand: this is what it says of itself.
    writeFileSync(
      join(project.folder, 'electron.cjs'),
      "Object.defineProperty(process.versions, 'electron', { value: '40.0.0' })",
    )
    execFileSync('ln', ['-s', '../app.asar/node_modules/corepool', 'node_modules'], { cwd: project.folder })
    expectPlain(
      run(project, { options: ['--require', './electron.cjs'] }),
      /app\.asar\/\S+ lies in an asar archive, out of which the system cannot load it\. Unpack it, in the configuration of electron-builder: "asarUnpack": \["\*\*\/node_modules\/@corepool\/\*\*"\]$/,
    )
  })

  test('when corepool was bundled', async () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    copyFileSync(program('without-addon.mjs'), join(project.folder, 'source.mjs'))
    const output = join(project.folder, 'bundle/program.mjs')
    const options = {
      input: join(project.folder, 'source.mjs'),
      platform: 'node' as const,
      logLevel: 'silent' as const,
    }
    await build({ ...options, cwd: project.folder, output: { file: output, codeSplitting: false } })
    execFileSync('mv', [join(project.folder, 'node_modules'), join(project.folder, 'left-behind')])
    const { stdout, stderr } = spawnSync(process.execPath, [output], {
      encoding: 'utf8',
      env: { ...process.env, COREPOOL_BINDING: '' },
    })
    expect(stderr).toBe('')
    expectPlain(
      stdout.trim().split('\n'),
      `corepool was bundled into ${realpathSync(output)}, which has no addon beside it. Keep it out of the bundle: esbuild ` +
        '--external:corepool, or the same option of your bundler.',
    )
  })

  test('when the cause is one that nobody knows', () => {
    using project = install((path) => compile(path, 'void nothing(void) {}'))
    expectPlain(run(project), /cannot be loaded: Module did not self-register.* please report it\.$/)
  })
})

describe('an addon that COREPOOL_BINDING names, and that does not load, is an error at once', () => {
  /** What the program says when it cannot even import the package. */
  function refusal({ folder }: Installation, path: string): string {
    const source = "import('corepool').catch(({ name, code, message }) => console.log(name, code, message))"
    const env = { ...process.env, COREPOOL_BINDING: path }
    return spawnSync(process.execPath, ['--eval', source], { cwd: folder, encoding: 'utf8', env }).stdout
  }
  const otherwise =
    '(Or unset the variable to use the binding that is installed; COREPOOL_BINDING=none is plain JavaScript.)\n'

  test('when there is no such file', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    expect(refusal(project, '/nowhere/corepool.node')).toBe(
      'CorepoolError ERR_BINDING_LOAD The native binding that COREPOOL_BINDING names, /nowhere/corepool.node, cannot be loaded: ' +
        `there is no file /nowhere/corepool.node. Correct the path. ${otherwise}`,
    )
  })

  test('when it is no addon of corepool', () => {
    using project = install((path) => foreignAddon(path))
    expect(refusal(project, project.addon)).toContain(
      `cannot be loaded: ${project.addon} is no addon of corepool. Name a file corepool.*.node of this version. ${otherwise}`,
    )
  })

  test('when it was made for another system', () => {
    using project = install((path) => addonThatNeeds(path, 'libc.so.6', 'GLIBC_2.99'))
    expect(refusal(project, project.addon)).toContain(`cannot be loaded: ${project.addon} needs glibc 2.99, and `)
  })

  test('and a relative path is one of where the program runs', () => {
    using project = install((path) => copyFileSync(builtAddon, path))
    copyFileSync(builtAddon, join(project.folder, 'mine.node'))
    expect(run(project, { env: { COREPOOL_BINDING: './mine.node' } })).toEqual(['true 9,-25536', 'resized'])
  })
})
