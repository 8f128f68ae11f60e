/** Runs npm in a folder, apart from the npm that may be running this script. */
import { spawnSync } from 'node:child_process'
import { env, execPath, platform } from 'node:process'
import { basename } from 'node:path'

/** The environment without what npm hands to scripts, but for where packages come from. */
export function withoutNpmSettings(environment = env) {
  const kept = /^npm_config_(registry|cafile|userconfig|globalconfig|cache)$/i
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)))
}

/**
 * Runs npm with these arguments.
 * @param {string} folder where it runs: an absolute path
 * @returns {string} what it printed
 * @throws when npm fails, with what it said
 */
export function npm(folder, ...args) {
  // A script beside npm_execpath when npm runs us (another package manager is not asked), and a command otherwise.
  const running = env.npm_execpath
  const own = running !== undefined && basename(running) === 'npm-cli.js'
  const [command, first] = own ? [execPath, [running]] : ['npm', []]
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: folder, encoding: 'utf8', env: withoutNpmSettings(), shell: !own && platform === 'win32' }
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args, ...quiet], options)
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}: ${error?.message ?? stderr + stdout}`)
  return stdout
}
