/**
 * A threshold in bench/bars.json is loosened only by a commit whose message has a line `bar: …` with the figure reached. Loosened
 * means: easier to meet, turned around, or gone. Every commit since the file was added is looked at, and then what is not
 * committed yet. The check is run on a seeded repository too, so that a check that finds nothing is noticed.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const FILE = 'bench/bars.json'

function git(folder, ...args) {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The bars of a commit by their ids; none where it has no such file. */
function barsAt(folder, commit) {
  // A name that is not there would be an error like any other: so ask first.
  if (git(folder, 'ls-tree', '--name-only', commit, '--', FILE) === '') return new Map()
  return byId(git(folder, 'show', `${commit}:${FILE}`))
}

function byId(json) {
  return new Map(JSON.parse(json).map((bar) => [bar.id, bar]))
}

/** What is easier to meet in `after` than in `before`, in words. */
function loosened(before, after) {
  const found = []
  for (const [id, old] of before) {
    const bar = after.get(id)
    if (bar === undefined) found.push(`${id} is gone`)
    else if (bar.direction !== old.direction) found.push(`${id}: ${old.direction} became ${bar.direction}`)
    else if (bar.unit !== old.unit) found.push(`${id}: the unit ${old.unit} became ${bar.unit}`)
    else if (old.direction === 'at most' ? bar.threshold > old.threshold : bar.threshold < old.threshold)
      found.push(`${id}: ${old.direction} ${old.threshold} became ${bar.threshold}`)
  }
  return found
}

/** Looks at each commit that changed the file, and at the working tree. */
function check(folder) {
  const problems = []
  const commits = git(folder, 'rev-list', '--reverse', 'HEAD', '--', FILE).split('\n').filter(Boolean)
  for (const commit of commits) {
    const message = git(folder, 'show', '-s', '--format=%B', commit)
    if (/^bar:[ \t]*\S/m.test(message)) continue
    const [, ...parents] = git(folder, 'rev-list', '--parents', '-n', '1', commit).trim().split(' ')
    const after = barsAt(folder, commit)
    // A merge took what one of its parents has: it loosens only what is looser than in all of them.
    const [first = [], ...others] = parents.map((parent) => loosened(barsAt(folder, parent), after))
    const common = first.filter((one) => others.every((list) => list.includes(one)))
    for (const one of common) problems.push(`${commit.slice(0, 10)} "${message.split('\n')[0]}": ${one}`)
  }
  const uncommitted = loosened(barsAt(folder, 'HEAD'), byId(readFileSync(join(folder, FILE), 'utf8')))
  for (const one of uncommitted) problems.push(`not committed yet: ${one}`)
  return { commits: commits.length, problems }
}

const bar = (threshold, direction = 'at most', unit = '×') => ({ id: 'core/seed', threshold, direction, unit })
const seeds = [
  { name: 'a looser limit', to: [bar(2)], caught: true },
  { name: 'a looser limit with the figure', to: [bar(2)], message: 'Slower\n\nbar: 1.9 reached', caught: false },
  { name: 'a line without a figure', to: [bar(2)], message: 'Slower\n\nbar:\n', caught: true },
  { name: 'a tighter limit', to: [bar(0.5)], caught: false },
  { name: 'a new bar', to: [bar(1), { ...bar(9), id: 'core/new' }], caught: false },
  { name: 'a bar that is gone', to: [], caught: true },
  { name: 'a limit turned around', to: [bar(1, 'at least')], caught: true },
  { name: 'another unit', to: [bar(1, 'at most', 'ms')], caught: true },
  { name: 'a lower goal', from: [bar(5, 'at least')], to: [bar(4, 'at least')], caught: true },
  { name: 'a higher goal', from: [bar(5, 'at least')], to: [bar(6, 'at least')], caught: false },
  { name: 'a looser limit, not committed', to: [bar(2)], message: null, caught: true },
]

/** Commits `from`, then `to`, and says whether the check objects. */
function isCaught({ from = [bar(1)], to, message = 'Another subject' }) {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-bars-'))
  const commit = (text) => {
    git(folder, 'add', FILE)
    const who = ['-c', 'user.name=seed', '-c', 'user.email=seed@localhost', '-c', 'commit.gpgsign=false']
    git(folder, ...who, 'commit', '--quiet', '--no-verify', '-m', text)
  }
  const write = (bars) => writeFileSync(join(folder, FILE), JSON.stringify(bars))
  try {
    git(folder, 'init', '--quiet')
    mkdirSync(join(folder, dirname(FILE)))
    write(from)
    commit('First')
    write(to)
    if (message !== null) commit(message)
    return check(folder).problems.length > 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const wrong = seeds.filter((seed) => isCaught(seed) !== seed.caught)
for (const { name, caught } of wrong) console.error(`the check ${caught ? 'does not catch' : 'objects to'} ${name}`)
const { commits, problems } = check(root)
for (const problem of problems) console.error(`${FILE} loosened without a line "bar: …" in the message: ${problem}`)
console.log(
  `bars: ${commits} commits, ${problems.length} loosened in silence; ${seeds.length - wrong.length} of ${seeds.length} seeded cases right`,
)
process.exit(problems.length + wrong.length === 0 ? 0 : 1)
