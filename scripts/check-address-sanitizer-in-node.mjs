/**
 * The attack suite, and that of transfers, on an addon that AddressSanitizer watches, inside Node: first as it is, which must pass; then with one guard
 * left out at a time (`--cfg corepool_seed="…"`), which the suite's assertions or the sanitizer must catch.
 *
 * Needs a nightly toolchain and gcc's libasan; says so, and fails, where they are missing.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = 'x86_64-unknown-linux-gnu'
const targetFolder = join(root, 'target', 'address-sanitizer')

/** Whether a program can take Node's mark from external memory: without that it moves none, and nobody can miss what is for such memory. */
const canUnmark = 'transfer' in ArrayBuffer.prototype
if (!canUnmark) console.log('the guard "sentinel" is not left out: that shows on Node 22 and later')

/** Which guard, the crate that has it, and the tests that must miss it. */
const seeds = [
  { seed: 'bounds', crate: 'corepool-node', file: 'attacks', name: 'refuses more elements than' },
  { seed: 'overlap', crate: 'corepool-kernel', file: 'attacks', name: 'refuses an overlap' },
  { seed: 'take', crate: 'corepool-node', file: 'attacks', name: 'takes a result once' },
  { seed: 'claim', crate: 'corepool-memory', file: 'result-memory', name: 'ERR_BUFFER_IN_USE' },
  { seed: 'borrow', crate: 'corepool-node', file: 'attacks', name: 'an operand transferred by structuredClone' },
  { seed: 'borrow', crate: 'corepool-node', file: 'attacks', name: 'memory of WebAssembly that grows' },
  { seed: 'hold', crate: 'corepool-node', file: 'attacks', name: 'keeps what a job works on' },
  { seed: 'once', crate: 'corepool-kernel', file: 'attacks', name: 'is read once for a result' },
  { seed: 'teardown', crate: 'corepool-node', file: 'native-pool', name: 'a worker_thread may be terminated' },
  { seed: 'teardown', crate: 'corepool-node', file: 'attacks', name: 'a storm of terminations' },
  { seed: 'cancel', crate: 'corepool-node', file: 'native-pool', name: 'a worker_thread may be terminated' },
  { seed: 'sentinel', crate: 'corepool-node', file: 'native-pool', name: 'memory that Node frees at the end' },
].filter(({ seed }) => seed !== 'sentinel' || canUnmark)

function fail(message) {
  console.error(message)
  process.exit(1)
}

function run(command, args, env = {}) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1 << 28 })
}

if (run('cargo', ['+nightly', '--version']).status !== 0)
  fail('AddressSanitizer needs a nightly toolchain: there is none.')
const libasan = run('gcc', ['-print-file-name=libasan.so']).stdout?.trim()
if (!libasan?.startsWith('/')) fail("AddressSanitizer needs gcc's libasan.so: there is none.")

/** Builds the addon, without the guard of `seed` in its `crate` where one is given, and gives its path. */
function build({ seed, crate } = {}) {
  const args = ['+nightly', 'build', '--quiet', '--locked', '--profile', 'sanitizer', '--target', target]
  // Flags of one crate, so that the others, and what they depend on, are compiled once.
  const flags = JSON.stringify(['--cfg', `corepool_seed="${seed}"`])
  const unguarded = ['-Zprofile-rustflags', '--config', `profile.sanitizer.package.${crate}.rustflags=${flags}`]
  const env = { RUSTFLAGS: '-Zsanitizer=address', CARGO_TARGET_DIR: targetFolder }
  const { status, stderr } = run(
    'cargo',
    [...args, '-p', 'corepool-node', ...(crate === undefined ? [] : unguarded)],
    env,
  )
  if (status !== 0) fail(`the addon could not be built: ${stderr}`)
  const addon = join(targetFolder, 'addons', `${seed ?? 'whole'}.node`)
  mkdirSync(join(targetFolder, 'addons'), { recursive: true })
  copyFileSync(join(targetFolder, target, 'sanitizer', 'libcorepool_node.so'), addon)
  return addon
}

/** The addons that were built without a guard: several tests may have to miss the same one. */
const built = new Map()

/** The addon without that guard. */
function without({ seed, crate }) {
  if (!built.has(seed)) built.set(seed, build({ seed, crate }))
  return built.get(seed)
}

/** Runs tests on that addon; `report` is what the sanitizer said, if anything. */
function attack(addon, files, ...options) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const env = { LD_PRELOAD: libasan, ASAN_OPTIONS: 'detect_leaks=0', COREPOOL_BINDING: addon }
  const result = run(
    process.execPath,
    [vitest, 'run', ...files.map((file) => `__test__/${file}.test.ts`), ...options],
    env,
  )
  const output = result.stdout + result.stderr
  return { passed: result.status === 0, output, report: /AddressSanitizer: ([\w-]+)/.exec(output)?.[1] }
}

const whole = attack(build(), ['attacks', 'kernel-transfer'], '--project', 'native')
console.log(`attacks and transfers under AddressSanitizer: ${/Tests .*/.exec(whole.output)?.[0] ?? 'no summary'}`)
if (!whole.passed || whole.report !== undefined) fail(whole.output)

let missed = 0
for (const { seed, crate, file, name } of seeds) {
  const { passed, report, output } = attack(without({ seed, crate }), [file], '-t', name)
  // A run that found no test of that name would fail too, and show nothing.
  const ran = /Tests .*(?:failed|passed)/.test(output) || report !== undefined
  const verdict =
    passed || !ran ? 'MISSED' : `caught by ${report === undefined ? 'an assertion' : `the sanitizer: ${report}`}`
  console.log(`without the guard "${seed}": ${verdict} (${name})`)
  if (passed || !ran) missed++
}
// These cannot be reached from JavaScript, since the binding hands out neither: they are tested where they stand.
for (const { seed, crate, name } of [
  { seed: 'alignment', crate: 'corepool-memory', name: 'misaligned' },
  { seed: 'length', crate: 'corepool-kernel', name: 'operands_that_fit_neither' },
]) {
  const unit = run('cargo', ['test', '--quiet', '--locked', '-p', crate, name], {
    RUSTFLAGS: `--cfg corepool_seed="${seed}"`,
    CARGO_TARGET_DIR: targetFolder,
  })
  const isCaught = unit.status !== 0 && /1 failed/.test(unit.stdout)
  console.log(`without the guard "${seed}": ${isCaught ? 'caught by an assertion' : 'MISSED'} (${crate})`)
  if (!isCaught) missed++
}
process.exit(missed === 0 ? 0 : 1)
