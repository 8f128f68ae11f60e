/**
 * Runs every test, Rust and TypeScript, and ends with one line that adds them up. Expects a clone that set-up.mjs made ready.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a command, shows what it prints, and gives back its exit code and its output. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } }
    const child = spawn(command, args, options)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      process.stdout.write(text)
    })
    child.once('error', reject).once('close', (code, signal) => resolve({ code: signal === null ? code : 1, output }))
  })
}

const tool = (...path) => join(root, 'node_modules', ...path)
let passed = 0
let failed = 0
let isWhole = true

const rust = await run('cargo', ['test', '--workspace', '--locked'])
for (const [, ok, bad] of rust.output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)) {
  passed += Number(ok)
  failed += Number(bad)
}
if (rust.code !== 0) isWhole = false

const types = await run(process.execPath, [tool('typescript', 'bin', 'tsc'), '-p', '__test__/tsconfig.json'])
if (types.code !== 0) isWhole = false

const folder = mkdtempSync(join(tmpdir(), 'corepool-test-'))
const report = join(folder, 'report.json')
const vitest = await run(process.execPath, [
  tool('vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
])
try {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  failed += numFailedTests
} catch (error) {
  console.error(`the report of the TypeScript tests cannot be read: ${error.message}`)
  isWhole = false
}
rmSync(folder, { recursive: true, force: true })
if (vitest.code !== 0) isWhole = false
// A run that broke off before its tests were counted has failed too.
if (!isWhole && failed === 0) failed = 1

console.log(`${passed} passed, ${failed} failed`)
process.exit(isWhole && failed === 0 ? 0 : 1)
