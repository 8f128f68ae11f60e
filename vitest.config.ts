import { defineConfig } from 'vitest/config'

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
          // What kernels promise is promised by both engines.
          name: 'plain',
          include: ['__test__/kernel-*.test.ts', '__test__/reduction-*.test.ts'],
          env: { COREPOOL_BINDING: 'none' },
        },
      },
    ],
  },
})
