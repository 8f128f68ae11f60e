/**
 * Checks the import directions in src/ (rules: .dependency-cruiser.cjs), and then the check itself: each rule must catch a
 * violation that is seeded into a copy of src/.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs')
const config = join(root, '.dependency-cruiser.cjs')

/** The names of the rules that the src/ below `folder` breaks, and the number of modules that were read. */
function cruise(folder) {
  const args = [cli, '--config', config, '--output-type', 'json', 'src']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 })
  try {
    const { summary } = JSON.parse(stdout)
    return { modules: summary.totalCruised, violations: summary.violations }
  } catch {
    throw new Error(`dependency-cruiser gave no report: ${stderr}`)
  }
}

const { modules, violations } = cruise(root)
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} → ${to}`)
// Without its parser the tool reads nothing, and finds nothing.
if (modules < 20) throw new Error(`only ${modules} modules were read`)

const seeds = [
  ['errors-imports-downwards', 'src/errors/index.ts', "import '../arguments/index.ts'\n"],
  ['kernel-imports-downwards', 'src/kernel/types.ts', "import type {} from '../process/index.ts'\n"],
  ['folders-are-entered-by-their-index', 'src/kernel/types.ts', "import '../memory/view.ts'\n"],
  ['nothing-imports-the-public-surface', 'src/process/index.ts', "import '../index.ts'\n"],
  ['no-folder-outside-the-layers', 'src/index.ts', "import './misc/index.ts'\n"],
  ['no-circles', 'src/errors/classes.ts', "import './arguments.ts'\n"],
  ['run-time-dependencies-are-two', 'src/errors/classes.ts', "import 'fast-check'\n"],
]
let missed = 0
for (const [rule, file, line] of seeds) {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-layers-'))
  try {
    cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const misc = join(folder, 'src/misc/index.ts')
    mkdirSync(dirname(misc))
    writeFileSync(misc, 'export {}\n')
    appendFileSync(join(folder, file), line)
    const caught = cruise(folder).violations.some((violation) => violation.rule.name === rule)
    if (!caught) console.error(`the rule ${rule} does not catch: ${line.trim()} in ${file}`)
    missed += caught ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
console.log(
  `layers: ${modules} modules, ${violations.length} violations; ${seeds.length - missed} of ${seeds.length} seeded ones caught`,
)
process.exit(violations.length + missed === 0 ? 0 : 1)
