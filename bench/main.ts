/** `npm run bench`: the table of square and cube. `npm run bench -- SUITE`: a suite (README.md). */
import { readCommandLine, UsageError, type Request } from './harness/command-line.ts'
import { runSuite } from './harness/run-suite.ts'
import { suites } from './suites/index.ts'

function request(): Request | undefined {
  try {
    return readCommandLine(process.argv.slice(2), Object.keys(suites))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(error.message)
    process.exitCode = 2
    return undefined
  }
}

const asked = request()
if (asked?.suite !== undefined) process.exitCode = await runSuite(asked.suite, suites[asked.suite] ?? [], asked)
else if (asked !== undefined) await import('./square-and-cube.ts')
