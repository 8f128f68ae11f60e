/**
 * Programs that come from PyPI, at one exact version and content each: a file of requirements a purpose, scripts/python/NAME.txt, which is
 * installed into build/python/NAME when it is asked for.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.mjs'

const source = fileURLToPath(new URL('python', import.meta.url))
const folder = fileURLToPath(new URL('../build/python', import.meta.url))

/**
 * The folder in which the programs of a purpose are; installed when they are not yet.
 * @param {string} name of a file in scripts/python
 * @returns {string} an absolute path
 */
export function pythonPrograms(name) {
  const requirements = join(source, `${name}.txt`)
  const home = join(folder, name)
  const stamp = join(home, 'requirements.sha256')
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    rmSync(home, { recursive: true, force: true })
    run('python3', ['-m', 'venv', home])
    const install = ['install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:']
    run(join(home, 'bin', 'pip'), [...install, '--requirement', requirements])
    writeFileSync(stamp, wanted)
  }
  return join(home, 'bin')
}
