/**
 * The arrows of the house (docs/architecture.md): imports point down, a folder is reached through its index only, and nothing
 * imports the public surface. scripts/check-layers.mjs runs these rules, on the house and on seeded violations of each.
 */
const layers = ['process', 'executors', 'child', 'kernel', 'memory', 'native', 'source', 'arguments', 'errors']

/** What each folder may import, beside itself. */
const below = {
  process: ['executors', 'child', 'kernel', 'native', 'arguments', 'errors'],
  executors: ['child', 'kernel', 'native', 'arguments', 'errors'],
  child: ['source', 'arguments', 'errors'],
  kernel: ['memory', 'native', 'source', 'arguments', 'errors'],
  native: ['memory', 'arguments', 'errors'],
  memory: ['arguments', 'errors'],
  source: [],
  arguments: ['errors'],
  errors: [],
}

module.exports = {
  forbidden: [
    ...layers.map((layer) => ({
      name: `${layer}-imports-downwards`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { path: '^src/[^/]+/', pathNot: [layer, ...below[layer]].map((name) => `^src/${name}/`) },
    })),
    {
      name: 'folders-are-entered-by-their-index',
      severity: 'error',
      from: { path: '^src/([^/]+)' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '/index\\.ts$'] },
    },
    {
      name: 'nothing-imports-the-public-surface',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'no-folder-outside-the-layers',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: layers.map((layer) => `^src/${layer}/`) },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'run-time-dependencies-are-two',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypesNot: ['local', 'core', 'type-only'],
        pathNot: ['node_modules/acorn/', 'node_modules/cli-progress/'],
      },
    },
  ],
  options: { parser: 'swc', tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
}
