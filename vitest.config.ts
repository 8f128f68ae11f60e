import { defineConfig } from 'vitest/config'

/** What is about the native pool, its memory or its addon; and what runs both engines by itself. */
const aboutTheAddon = [
  'attacks',
  'batch-job',
  'bench-harness',
  'binding',
  'buffers-ahead',
  'bundled',
  'cores',
  'huge-results',
  'native-pool',
  'native-programs',
  'result-memory',
  'set-up',
  'two-copies',
]

export default defineConfig({
  test: {
    // The tests import `corepool` by its name and so run what users install: the built package, untransformed.
    server: { deps: { external: [/\/dist\//] } },
    // Real child processes and real threads on few cores: files one at a time, so that timings inside a test mean something.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'native', include: ['__test__/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          // What the package promises it promises without the addon too, but for the addon itself.
          name: 'plain',
          include: ['__test__/**/*.test.ts'],
          exclude: aboutTheAddon.map((name) => `__test__/${name}.test.ts`),
          env: { COREPOOL_BINDING: 'none' },
        },
      },
    ],
  },
})
