/** What follows `npm run bench --`. */
import { parseArgs } from 'node:util'

export interface Request {
  /** Absent: the table of square and cube. */
  readonly suite: string | undefined
  /** Print each bar with its figure; builds the limit probe. */
  readonly bars: boolean
  /** A few sizes and samples, to see that everything runs. */
  readonly smoke: boolean
  /** Where to write all figures. */
  readonly json: string | undefined
}

/** A command line that means nothing; its message is for the user. */
export class UsageError extends Error {}

/** Reads the command line; throws UsageError. */
export function readCommandLine(args: readonly string[], suites: readonly string[]): Request {
  const usage = `Usage: npm run bench [-- SUITE [--bars] [--smoke] [--json FILE]]; the suites are: ${suites.join(', ')}.`
  const { values, positionals } = parse(args, usage)
  const [suite, ...rest] = positionals
  if (rest.length > 0) throw new UsageError(`One suite at a time, not "${positionals.join(' ')}". ${usage}`)
  if (suite !== undefined && !suites.includes(suite)) throw new UsageError(`There is no suite "${suite}". ${usage}`)
  if (suite === undefined && Object.keys(values).length > 0) throw new UsageError(`Options need a suite. ${usage}`)
  return { suite, bars: values.bars ?? false, smoke: values.smoke ?? false, json: values.json }
}

interface Parsed {
  readonly values: { readonly bars?: boolean; readonly smoke?: boolean; readonly json?: string }
  readonly positionals: readonly string[]
}

function parse(args: readonly string[], usage: string): Parsed {
  try {
    const options = { bars: { type: 'boolean' }, smoke: { type: 'boolean' }, json: { type: 'string' } } as const
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. ${usage}`)
  }
}
