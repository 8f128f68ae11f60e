/**
 * The built package on the runtimes that it supports: the core of the test suite on each line of Node, and on Bun and Deno the
 * tutorial, programs, and those files of tests of which they pass every one.
 *
 *     node scripts/check-runtimes.mjs [name…]     all of them when none is named; they are installed when they are missing
 */
import { spawnSync } from 'node:child_process'
import { argv, env, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { core, runTests } from './core-tests.mjs'
import { runtime, runtimeNames } from './runtimes.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Beside the core: each cause for which an addon does not load, where Node has another permission model than in the tests of CI;
 * functions from which Node itself has stripped the types; and attacks, where memory can be moved in ways that Node 20 does not have.
 */
const more = { node24: ['binding', 'bundled', 'rewritten-functions'], node26: ['attacks'] }

/** Flags without which the runtime may not load an addon, start a process or read a file. */
const flags = { bun: ['--bun'], deno: ['run', '--allow-all'] }

/** The tests of which they pass every one; docs/installing.md says where they differ. */
const tests = {
  bun: [
    'kernel-async',
    'kernel-bad-input',
    'kernel-self-check',
    'kernel-values',
    'package',
    'process-kernel',
    'process-lifecycle',
    'process-messages',
    'process-misuse',
    'process-orphans',
    'process-stdio',
    'process-strictness',
    'process-warm',
    'tutorial',
  ],
  deno: [
    'function-source',
    'kernel-bad-input',
    'kernel-bigints',
    'kernel-compiled',
    'kernel-self-check',
    'kernel-values',
    'process-kernel',
    'process-lifecycle',
    'process-messages',
    'process-relatives',
    'process-result',
    'process-strictness',
  ],
}

/** Modules that start two processes when their import as a target is over, or whose functions load them. */
const unguarded = [
  'after-a-timer.mjs',
  'after-an-await.mjs',
  'after-an-import-that-awaits.mjs',
  'class-of-its-own-later.mjs',
  'function-that-imports-its-file.mjs',
  'function-that-requires-its-file.cjs',
  'in-a-module-of-its-own-later.mjs',
  'listener-of-the-process.mjs',
  'required.cjs',
  'unreferenced-timer.mjs',
]

/** A line of the program about each of its children, and where Bun refuses only what these start, one of theirs. */
const isNoStorm = (text) => /^(?:(?:worked|\w+Error ERR_\w+)\n){2,6}$/.test(text)

/** What the programs print on Bun and Deno. */
const programs = {
  'build/examples/square-and-cube.js': (text) => /Square: 100/.test(text) && /Cube: 1000/.test(text),
  'build/examples/process-ids.js': (text) => /alive/i.test(text),
  'scripts/runtimes/program.mjs': (text) => text === 'values: right\nprocess: 49 from another pid, exit code 0\n',
  'scripts/runtimes/differences.mjs': (text) => text.endsWith('as documented\n'),
  // Functions as the runtime leaves them when it has stripped their types: each works, or is refused by name.
  '__test__/fixtures/rewritten/program.ts': (text) => {
    const { usesImport, ...others } = JSON.parse(text)
    return (
      /^ERR_TARGET_CAPTURES: .*"increment"/.test(usesImport) &&
      Object.values(others).join() === Array(5).fill('works').join()
    )
  },
  '__test__/fixtures/programs/without-guard.mjs': (text) =>
    text === 'main program\nchild\nrejected with ERR_TARGET_LOAD_FAILED\n',
  ...Object.fromEntries(unguarded.map((file) => [`__test__/fixtures/unguarded/${file}`, isNoStorm])),
}

function runPrograms(name, executable) {
  const { isGood, summary, details } = runTests(executable, { flags: flags[name], names: tests[name] })
  const wrong = []
  for (const [file, isRight] of Object.entries(programs)) {
    const run = spawnSync(executable, [...flags[name], file], { cwd: root, encoding: 'utf8', timeout: 60_000 })
    if (run.status !== 0 || !isRight(run.stdout)) {
      wrong.push(`${file}: exit code ${run.status ?? run.signal}\n${run.stdout}${run.stderr}`)
    }
  }
  const total = Object.keys(programs).length
  return {
    isGood: isGood && wrong.length === 0,
    summary: `${total - wrong.length} of ${total} programs; tests: ${summary}`,
    details: [...wrong, ...details],
  }
}

// Slows each start of Node 20 where it is set, and is nothing to the package.
delete env.NODE_EXTRA_CA_CERTS

let isGood = true
for (const name of argv.length > 2 ? argv.slice(2) : runtimeNames) {
  const { version, executable } = runtime(name)
  const start = performance.now()
  const result =
    name in flags ? runPrograms(name, executable) : runTests(executable, { names: [...core, ...(more[name] ?? [])] })
  const seconds = ((performance.now() - start) / 1e3).toFixed(0)
  console.log(`${name} ${version}: ${result.isGood ? 'good' : 'BAD'}, ${result.summary}, ${seconds} s`)
  for (const detail of result.details) console.log(detail)
  isGood &&= result.isGood
}
exit(isGood ? 0 : 1)
