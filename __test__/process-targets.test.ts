/** Functions by text and by name, and the surroundings that a child runs in. */
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { Process, target, TargetError } from 'corepool'
import { expect, test } from 'vitest'
import { program, runNode, runProgram } from './fixtures/run-program.ts'

type Work = (n: number) => number
interface Surroundings {
  pid: number
  cwd: string
  argv: string[]
  env: Record<string, string>
}

const fixture = (name: string) => new URL(`./fixtures/targets/${encodeURIComponent(name)}`, import.meta.url)
const surroundings = target<() => Surroundings>(fixture('work.mjs'))

test.each<[string, URL | string, string | undefined, number]>([
  ['an export', fixture('work.mjs'), 'work', 2],
  ['a URL as text', fixture('work.mjs').href, 'work', 2],
  ['an absolute path', fileURLToPath(fixture('work.mjs')), 'work', 2],
  ['an export of a CommonJS module', fixture('work.cjs'), 'work', 3],
  ['the whole of a CommonJS module', fixture('default.cjs'), undefined, 4],
  [
    'a path with spaces and other letters',
    new URL('./fixtures/targets/with space ünï/wörk %231.mjs', import.meta.url),
    'work',
    5,
  ],
])('%s is a target', async (_, url, exportName, expected) => {
  expect(await new Process({ target: target<Work>(url, exportName), args: [1] }).start().result).toBe(expected)
})

test('a target is called without a this, on every version of Node and however deep it stands', async () => {
  const tellThis = target<(depth: number) => Promise<string[]>>(fixture('relatives.mjs'), 'tellThis')
  expect(await new Process({ target: tellThis, args: [2] }).start().result).toEqual(Array(3).fill('undefined'))
  const own = function (this: unknown) {
    'use strict'
    return String(this)
  }
  expect(await new Process({ target: own }).start().result).toBe('undefined')
})

test('a target is found by a program that was started through a link, and from another directory', async () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'corepool-link-'))
  try {
    symlinkSync(program('with-guard.mjs'), join(folder, 'main.mjs'))
    expect(await runNode([join(folder, 'main.mjs')])).toMatchObject({ code: 0, stdout: '49\n', stderr: '' })
    const cwd = process.cwd()
    const p = new Process({ target: target<Work>(fixture('work.mjs'), 'work'), args: [1] })
    try {
      process.chdir(folder)
      p.start()
    } finally {
      process.chdir(cwd)
    }
    expect(await p.result).toBe(2)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the default export is the target when none is named', async () => {
  const p = new Process({ target: surroundings }).start()
  const { pid } = p
  expect((await p.result).pid).toBe(pid)
})

test('a module of Node itself is a target', async () => {
  const p = new Process({ target: target<(path: string) => string>('node:path', 'basename'), args: ['/a/b.txt'] })
  expect(await p.start().result).toBe('b.txt')
})

test('an export of an installed package is a target', async () => {
  const isNewLine = target<(code: number) => boolean>(import.meta.resolve('acorn'), 'isNewLine')
  expect(await new Process({ target: isNewLine, args: [10] }).start().result).toBe(true)
})

test('what target() returns is frozen plain data, and a copy of it does as well', async () => {
  const work = target<Work>(fixture('work.mjs'), 'work')
  expect(Object.isFrozen(work)).toBe(true)
  expect(structuredClone(work)).toEqual({ url: fixture('work.mjs').href, exportName: 'work' })
  expect(await new Process({ target: structuredClone(work), args: [1] }).start().result).toBe(2)
})

test('a missing export is refused by the constructor, which names those that there are', () => {
  const missing = target<Work>(fixture('work.mjs'), 'missing')
  const make = () => new Process({ target: missing, args: [1] })
  expect(make).toThrow(TargetError)
  expect(make).toThrow(
    expect.objectContaining({ code: 'ERR_TARGET_NOT_FOUND', message: expect.stringContaining('"work"') }),
  )
})

test.each([
  ['an export that is no function', 'work.mjs', 'answer'],
  ['a missing export of a CommonJS module', 'work.cjs', 'missing'],
])('%s is found out by the child, which names the functions that there are', async (_, file, name) => {
  const p = new Process({ target: target<Work>(fixture(file), name), args: [1], stdio: 'ignore' }).start()
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_TARGET_NOT_FOUND',
    message: expect.stringContaining('"work"'),
  })
  await expect(p.result).rejects.toBeInstanceOf(TargetError)
  expect((await p.exited).exitCode).toBe(1)
})

test('a module that fails to load is reported with the cause', async () => {
  const p = new Process({ target: target(fixture('broken.mjs')), stdio: 'ignore' }).start()
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_TARGET_LOAD_FAILED',
    cause: expect.objectContaining({ message: 'this module never loads' }),
  })
  await expect(p.result).rejects.toBeInstanceOf(TargetError)
  expect((await p.exited).exitCode).toBe(1)
})

test('a module whose top-level await nothing can settle is reported as one that does not load', async () => {
  const p = new Process({ target: target<() => string>(fixture('never-loads.mjs')), stdio: 'ignore' }).start()
  await p.ready
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_TARGET_LOAD_FAILED',
    message: expect.stringContaining('at its top level'),
  })
  expect((await p.exited).exitCode).toBe(1)
})

test.each([
  ['emits the end of the loop itself', 'emits-the-end.mjs'],
  ['goes on at the end of the loop', 'goes-on-at-the-end.mjs'],
])('one that %s at its top level is waited for', async (_, file) => {
  const p = new Process({ target: target<() => string>(fixture(file)), stdio: 'ignore' }).start()
  expect(await p.result).toBe('loaded')
  expect((await p.exited).exitCode).toBe(0)
})

test('one that emits the end of the loop itself, and then awaits what nothing can settle, is reported, too', async () => {
  const env = { ...process.env, NEVER: '' }
  const p = new Process({ target: target<() => string>(fixture('emits-the-end.mjs')), env, stdio: 'ignore' }).start()
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_TARGET_LOAD_FAILED' })
  expect((await p.exited).exitCode).toBe(1)
})

test('one that something may still settle is waited for, and can be ended', async () => {
  const env = { ...process.env, STAY: '' }
  const p = new Process({ target: target<() => string>(fixture('never-loads.mjs')), env }).start()
  await p.ready
  p.terminate()
  await expect(p.result).rejects.toMatchObject({ code: 'ERR_WORKER_DIED', signal: 'SIGTERM', reason: 'terminated' })
})

test('a child has memory of its own', async () => {
  const url = fixture('counter.mjs')
  const here = (await import(url.href)) as { count: number; increment(): number }
  expect(await new Process({ target: target<() => number>(url, 'increment') }).start().result).toBe(1)
  expect(here.count).toBe(0)
  expect(here.increment()).toBe(1)
})

test('import() in a function finds the file beside the one that it stands in', async () => {
  const { stdout } = await runProgram(program('imports.mjs'))
  expect(stdout).toBe('hello from the file next door\n')
})

test('so it does where intrinsics are frozen, and nobody can ask V8 for a stack in another form', async () => {
  const { stdout } = await runNode(['--frozen-intrinsics', program('imports.mjs')])
  expect(stdout).toBe('hello from the file next door\n')
})

test('it is refused where nothing tells the file, rather than resolved from anywhere else', async () => {
  // As on Node 20, which has no other way than a stack in the form of a text.
  const withoutSites = "data:text/javascript,import util from 'node:util'; delete util.getCallSites"
  const flags = ['--frozen-intrinsics', '--stack-trace-limit=0', '--import', withoutSites]
  const { code, stdout, stderr } = await runNode([...flags, program('imports.mjs')])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /TargetError: greet uses import\(\).*--frozen-intrinsics.* target\(new URL[^]*ERR_NOT_SUPPORTED/,
  )
})

test('a file that does not exist is not found, with the cause', async () => {
  const p = new Process({ target: target(fixture('nowhere.mjs')), stdio: 'ignore' }).start()
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_TARGET_NOT_FOUND',
    message: expect.stringMatching(/There is no file .*nowhere\.mjs\. Check the URL/),
    cause: expect.objectContaining({ code: 'ERR_MODULE_NOT_FOUND' }),
  })
})

test('a file that is there under another ending is named', async () => {
  const typed = new Process({ target: target(fixture('typed.js')), stdio: 'ignore' }).start()
  const compiled = new Process({ target: target(fixture('counter.ts')), stdio: 'ignore' }).start()
  await expect(typed.result).rejects.toMatchObject({
    code: 'ERR_TARGET_NOT_FOUND',
    message: expect.stringMatching(/But there is .*typed\.ts: name that in target\(\)\. Node 22\.18 and later run/),
  })
  await expect(compiled.result).rejects.toMatchObject({
    code: 'ERR_TARGET_NOT_FOUND',
    message: expect.stringMatching(/But there is .*counter\.mjs: name that in target\(\)\.$/),
  })
})

test('a module that lacks a module of its own is there, and fails to load', async () => {
  const p = new Process({ target: target(fixture('incomplete.mjs')), stdio: 'ignore' }).start()
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_TARGET_LOAD_FAILED',
    cause: expect.objectContaining({ code: 'ERR_MODULE_NOT_FOUND' }),
  })
})

test('a loader that is passed through execArgv loads a target in TypeScript', async () => {
  const options = { target: target<Work>(fixture('typed.ts'), 'work'), args: [1] as [number] }
  expect(await new Process({ ...options, execArgv: ['--import', 'tsx'] }).start().result).toBe(7)
  // With the extension that it has once it is compiled, as tsx resolves it.
  const renamed = target<Work>(fixture('typed.js'), 'work')
  expect(await new Process({ ...options, target: renamed, execArgv: ['--import', 'tsx'] }).start().result).toBe(7)
})

test('a target in TypeScript runs where the runtime strips types; elsewhere the error says what the child needs', async () => {
  const p = new Process({ target: target<Work>(fixture('typed.ts'), 'work'), args: [1], stdio: 'ignore' }).start()
  // Newer than the types of Node that this is compiled with.
  if ((process.features as { typescript?: string | false }).typescript === 'strip') expect(await p.result).toBe(7)
  else {
    await expect(p.result).rejects.toMatchObject({
      code: 'ERR_TARGET_LOAD_FAILED',
      message: expect.stringContaining("execArgv: ['--import', 'tsx']"),
    })
  }
})

test('env is the whole environment of the child', async () => {
  const p = new Process({ target: surroundings, env: { ONLY: 'this', NOT: undefined } }).start()
  expect((await p.result).env).toEqual({ ONLY: 'this' })
})

test.each([
  ['without a prototype', Object.assign(Object.create(null), { ONLY: 'this' })],
  ['of another realm', runInNewContext("({ ONLY: 'this' })")],
])('env may be an object %s', async (_, env: Record<string, string>) => {
  expect((await new Process({ target: surroundings, env }).start().result).env).toEqual({ ONLY: 'this' })
})

test('env may be process.env, and what wraps it or was made like it', async () => {
  const likeIt = Object.assign(Object.create(Object.getPrototypeOf(process.env)), process.env)
  for (const env of [process.env, new Proxy(process.env, {}), likeIt]) {
    expect((await new Process({ target: surroundings, env }).start().result).env).toEqual({ ...process.env })
  }
})

test('without env the child has the environment of this process, and nothing of ours in it', async () => {
  const { env } = await new Process({ target: surroundings }).start().result
  expect(env).toEqual({ ...process.env })
})

test('cwd and execArgv are those of the child', async () => {
  const cwd = realpathSync(tmpdir())
  const p = new Process({ target: surroundings, cwd, execArgv: ['--no-warnings'] }).start()
  expect(await p.result).toMatchObject({ cwd, argv: ['--no-warnings'] })
})

test('execPath may be a file: URL', async () => {
  const p = new Process({ target: surroundings, execPath: pathToFileURL(process.execPath).href }).start()
  expect((await p.result).cwd).toBe(process.cwd())
})

test('a child inherits the flags of its parent, but not its text, debugger or test runner', async () => {
  const text = `
    import { Process } from 'corepool'
    const p = new Process({ target: () => process.execArgv })
    console.log(JSON.stringify(await p.start().result))`
  const flags = ['--no-deprecation', '--stack-trace-limit=20', '--inspect-port', '0', '--input-type=module', '-e', text]
  expect(await runNode(flags)).toMatchObject({ code: 0, stdout: '["--no-deprecation","--stack-trace-limit=20"]\n' })
  // Node takes underscores for dashes.
  const others = ['--no_deprecation', '--inspect_port', '0', '--input_type=module', '-e', text]
  expect(await runNode(others)).toMatchObject({ code: 0, stdout: '["--no_deprecation"]\n' })
})

test.each([
  ['--inspect-brk', undefined],
  ['  --no-warnings  --inspect_brk=127.0.0.1:0', '--no-warnings'],
  ['--inspect-port 0 --no-warnings --inspect --debug-port "127.0.0.1:0"', '--no-warnings'],
  ['"--inspect-brk" --title="two \\"--inspect\\" words" --ins"pect-po"rt=0', '--title="two \\"--inspect\\" words"'],
  [
    ' --title="--inspect-brk  it"   --inspect-publish-uid=http ',
    ' --title="--inspect-brk  it"   --inspect-publish-uid=http ',
  ],
])(
  'a child inherits the flags of NODE_OPTIONS, but not the debugger that it would wait for: %s',
  async (given, left) => {
    const text = `
    import { Process } from 'corepool'
    process.env.NODE_OPTIONS = process.argv[1]
    const p = new Process({ target: () => process.env.NODE_OPTIONS })
    console.log(JSON.stringify([await p.start().result]))`
    const { stdout, stderr } = await runNode(['--input-type=module', '--eval', text, '--', given])
    expect([JSON.parse(stdout)[0] ?? undefined, stderr]).toEqual([left, ''])
  },
)

test.each([
  ['NODE_CHANNEL_SERIALIZATION_MODE', 'json'],
  ['NODE_CHANNEL_FD', '7'],
])(
  'a child has its own channel, whatever %s says in its environment or in that of the program',
  async (name, value) => {
    const text = `
    import { Process } from 'corepool'
    const target = () => [new Float64Array(1), process.argv.length]
    const [name, value] = process.argv.slice(1)
    const given = new Process({ target, env: { ...process.env, [name]: value } })
    const first = await given.start().result
    process.env[name] = value
    console.log(first, await new Process({ target }).start().result)`
    const args = ['--input-type=module', '--eval', text, '--', name, value]
    const outcome = '[ Float64Array(1) [ 0 ], 2 ]'
    expect(await runNode(args, {}, 20_000)).toMatchObject({ code: 0, stdout: `${outcome} ${outcome}\n`, stderr: '' })
  },
)

test('a debugger that the environment of a Process names is there', async () => {
  const env = { ...process.env, NODE_OPTIONS: '--inspect=0' }
  const p = new Process({ target: () => {}, env, stdio: 'pipe' }).start()
  expect(await textOf(p.stderr as Readable)).toContain('Debugger listening')
})

test('there is no spare where a flag makes every child write a file, however it is spelled', async () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'corepool-profiles-'))
  try {
    for (const flag of ['--cpu-prof', '--cpu_prof']) {
      const flags = [flag, `${flag}-dir=${folder}`]
      const { code, stdout, stderr } = await runNode([...flags, program('warm-spare.mjs'), 'afterOne'])
      expect([code, stdout, stderr]).toEqual([0, '{"spares":0}\n', ''])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('stdio: pipe gives the streams of the child', async () => {
  const shout = async () => {
    let heard = ''
    for await (const chunk of process.stdin) heard += chunk
    console.log(heard.toUpperCase())
    console.error('to stderr')
  }
  const p = new Process({ target: shout, stdio: 'pipe' }).start()
  p.stdin?.end('hello')
  const read = async (stream: AsyncIterable<Buffer> | null): Promise<string> => {
    let text = ''
    for await (const chunk of stream ?? []) text += chunk
    return text
  }
  expect(await Promise.all([read(p.stdout), read(p.stderr)])).toEqual(['HELLO\n', 'to stderr\n'])
  expect(await p.join()).toBe(true)
})

test('without stdio: pipe there are no streams', async () => {
  const p = new Process({ target: () => {}, stdio: 'ignore' }).start()
  expect([p.stdin, p.stdout, p.stderr]).toEqual([null, null, null])
  await p.join()
})

test('a program that is loaded first in its children too starts none there, though it has the guard', async () => {
  const { code, stdout, stderr } = await runNode([
    '--import',
    pathToFileURL(program('with-guard.mjs')).href,
    '--eval',
    '',
  ])
  expect(stdout).toBe('')
  expect(stderr).toContain('ERR_TARGET_LOAD_FAILED')
  expect(stderr).toContain('NODE_OPTIONS')
  expect(code).toBe(1)
})
