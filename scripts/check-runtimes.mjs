/**
 * The built package on the runtimes that it supports: the core of the test suite on each line of Node, and on Bun and Deno the
 * tutorial, kernels and a Process.
 *
 *     node scripts/check-runtimes.mjs [name…]     all of them when none is named; they are installed when they are missing
 *
 * The core is what a change of V8, of Node-API or of child processes could break: values of kernels of every kind, reductions,
 * memory of results, the pool's threads, the package's entry, and a Process from its start to its end. Left out is what does
 * not depend on the runtime (the bench's harness, the compiler's refusals, set-up) or takes minutes (attacks, random programs).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { runtime, runtimeNames } from './runtimes.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const core = [
  'kernel-async',
  'kernel-bad-input',
  'kernel-compiled',
  'kernel-functions',
  'kernel-operands',
  'kernel-reductions',
  'kernel-self-check',
  'kernel-transfer',
  'kernel-values',
  'native-pool',
  'native-programs',
  'package',
  'process-any-order',
  'process-channel',
  'process-endings',
  'process-kernel',
  'process-lifecycle',
  'process-limits',
  'process-messages',
  'process-misuse',
  'process-relatives',
  'process-result',
  'process-stdio',
  'process-targets',
  'process-warm',
  'reduction-values',
  'result-memory',
  'tutorial',
]

/** Flags without which the runtime may not load an addon, start a process or read a file. */
const flags = { bun: [], deno: ['run', '--allow-all'] }

/** What the programs print on Bun and Deno. */
const programs = {
  'build/examples/square-and-cube.js': (text) => /Square: 100/.test(text) && /Cube: 1000/.test(text),
  'build/examples/process-ids.js': (text) => /alive/i.test(text),
  'scripts/runtimes/program.mjs': (text) => text === 'values: right\nprocess: 49 from another pid, exit code 0\n',
}

function runCore(executable) {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-runtime-'))
  const report = join(folder, 'report.json')
  try {
    const files = core.map((name) => `__test__/${name}.test.ts`)
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'native', '--reporter=json']
    const run = spawnSync(executable, [...vitest, `--outputFile=${report}`, ...files], { cwd: root, encoding: 'utf8' })
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const failures = testResults.flatMap(({ name, message, assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === 'failed')
      const tests = failed.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n')}`)
      return message ? [`${name}: ${message}`].concat(tests) : tests
    })
    const isGood = run.status === 0 && numFailedTests === 0 && numPassedTests > 0
    return { isGood, summary: `${numPassedTests} passed, ${numFailedTests} failed`, details: failures }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runPrograms(name, executable) {
  const wrong = []
  for (const [file, isRight] of Object.entries(programs)) {
    const run = spawnSync(executable, [...flags[name], file], { cwd: root, encoding: 'utf8', timeout: 60_000 })
    if (run.status !== 0 || !isRight(run.stdout)) {
      wrong.push(`${file}: exit code ${run.status ?? run.signal}\n${run.stdout}${run.stderr}`)
    }
  }
  const total = Object.keys(programs).length
  return { isGood: wrong.length === 0, summary: `${total - wrong.length} of ${total} programs`, details: wrong }
}

// Slows each start of Node 20 where it is set, and is nothing to the package.
delete env.NODE_EXTRA_CA_CERTS

let isGood = true
for (const name of argv.length > 2 ? argv.slice(2) : runtimeNames) {
  const { version, executable } = runtime(name)
  const start = performance.now()
  const result = name in flags ? runPrograms(name, executable) : runCore(executable)
  const seconds = ((performance.now() - start) / 1e3).toFixed(0)
  console.log(`${name} ${version}: ${result.isGood ? 'good' : 'BAD'}, ${result.summary}, ${seconds} s`)
  for (const detail of result.details) console.log(detail)
  isGood &&= result.isGood
}
exit(isGood ? 0 : 1)
