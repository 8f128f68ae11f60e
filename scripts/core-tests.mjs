/**
 * The core of the test suite: what a change of V8, of Node-API, of child processes or of the platform could break. Values of kernels
 * of every kind, reductions, memory of results, the pool's threads, the package's entry, functions that are sent, and a Process from its start to
 * its end. Left out is what does not depend on the runtime (the bench's harness, the compiler's refusals, set-up) or takes long
 * (attacks, random programs).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Names of its files in __test__. */
export const core = [
  'function-scope',
  'function-source',
  'kernel-async',
  'kernel-bad-input',
  'kernel-bigints',
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
  'platform-power',
  'process-any-order',
  'process-broken-child',
  'process-channel',
  'process-endings',
  'process-kernel',
  'process-lifecycle',
  'process-message-listeners',
  'process-messages',
  'process-misuse',
  'process-quick-end',
  'process-relatives',
  'process-result',
  'process-stdio',
  'process-strictness',
  'process-targets',
  'process-unreadable',
  'process-warm',
  'reduction-histogram',
  'reduction-values',
  'result-memory',
  'tutorial',
]

/**
 * Runs it, or other files of tests.
 * @param {string} executable of a Node, or of what runs vitest as Node does
 * @param {{ env?: NodeJS.ProcessEnv, flags?: string[], names?: string[] }} [options] variables of the environment, beside those of
 *   this process; flags of the runtime; names of files in __test__
 * @returns {{ isGood: boolean, summary: string, details: string[] }} `details` says what failed
 */
export function runTests(executable, { env: more = {}, flags = [], names = core } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-runtime-'))
  const report = join(folder, 'report.json')
  try {
    const files = names.map((name) => `__test__/${name}.test.ts`)
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'native', '--reporter=json', '--reporter=dot']
    const options = { cwd: root, encoding: 'utf8', env: { ...env, ...more } }
    const run = spawnSync(executable, [...flags, ...vitest, `--outputFile.json=${report}`, ...files], options)
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const failures = testResults.flatMap(({ name, message, assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === 'failed')
      const tests = failed.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n')}`)
      return message ? [`${name}: ${message}`].concat(tests) : tests
    })
    const isGood = run.status === 0 && numFailedTests === 0 && numPassedTests > 0
    // What no test failed by (a process of tests that did not start, an error that nobody caught) is only printed.
    const details = isGood || failures.length > 0 ? failures : [`exit code ${run.status ?? run.signal}`, run.stderr]
    return { isGood, summary: `${numPassedTests} passed, ${numFailedTests} failed`, details }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
