import { execFile } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { callerFile } from '../dist/child/caller-file.js'

/** A hook such as source-map support installs. */
const foreignFormat = (): string => 'formatted by someone else'

describe('the file that called', () => {
  const here = [fileURLToPath(import.meta.url), import.meta.url]
  const asked = (): string | null | undefined => callerFile(asked)

  test('is this one', () => {
    expect(here).toContain(asked())
    expect(here).toContain([0].map(asked)[0])
  })

  test("is found whatever formats stacks, and the program's own hook and depth stay", () => {
    const [hook, limit] = [Error.prepareStackTrace, Error.stackTraceLimit]
    try {
      Error.prepareStackTrace = foreignFormat
      Error.stackTraceLimit = 0
      expect(here).toContain(asked())
      expect(Error.prepareStackTrace).toBe(foreignFormat)
      expect(Error.stackTraceLimit).toBe(0)
    } finally {
      if (hook === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
      else Error.prepareStackTrace = hook
      Error.stackTraceLimit = limit
    }
  })
})

describe('compiled in a process of its own', () => {
  const fixture = fileURLToPath(new URL('./fixtures/sent-functions/caller.mjs', import.meta.url))
  const run = async (...flags: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, fixture])
    return { ...(JSON.parse(stdout) as { file: string; greetings: string[]; stack: string; path: string }), stderr }
  }

  test.each([
    [[]],
    [['--disallow-code-generation-from-strings']],
    [['--enable-source-maps']],
    [['--frozen-intrinsics']],
    [['--frozen-intrinsics', '--stack-trace-limit=2']],
  ])("import() resolves from the caller's file, given as URL or path, with flags %j", async (flags) => {
    const { file, greetings, path } = await run(...flags)
    expect(file).toBe(pathToFileURL(fixture).href)
    expect(path).toBe(fixture.replace('caller.mjs', 'caller.cjs'))
    expect(greetings).toEqual(Array.from({ length: 2 }).fill('hello from the file next door'))
  })

  test('its stack shows the line of the file that it came from', async () => {
    expect((await run()).stack).toContain(`at fails (${pathToFileURL(fixture).href}:16:9)`)
  })

  test("Node's warning about the loader is not printed, another is", async () => {
    const { stderr } = await run()
    expect(stderr).toContain('another warning')
    expect(stderr).not.toContain('ExperimentalWarning')
  })
})
