/** The standard streams of a child, read or not, open or not: they decide neither its end nor its exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { isNative, Process, target } from 'corepool'
import { expect, test } from 'vitest'
import { program } from './fixtures/run-program.ts'

/** State of a process as the system shows it: S sleeps, R runs. */
const stateOf = (pid: number): string | undefined =>
  readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '')[0]

test('a flood of output into a parent that is blocked is neither lost to a reader nor held against the child', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-flood-'))
  try {
    const mark = join(folder, 'begun')
    const flood = (path: string, lines: number) => {
      process.getBuiltinModule('node:fs').writeFileSync(path, '')
      for (let i = 0; i < lines; i++) process.stdout.write(`${'x'.repeat(2 ** 20 - 1)}\n`)
      return 'done'
    }
    const p = new Process({ target: flood, args: [mark, 64], stdio: 'pipe', execArgv: [] }).start()
    let length = 0
    p.stdout?.on('data', (chunk: Buffer) => (length += chunk.byteLength))
    // Until the child can write no more, since nobody reads.
    const deadline = performance.now() + 10_000
    while (!(existsSync(mark) && stateOf(Number(p.pid)) === 'S') && performance.now() < deadline);
    expect(length).toBe(0)
    expect(await p.result).toBe('done')
    expect((await p.exited).exitCode).toBe(0)
    if (p.stdout?.readableEnded === false) await once(p.stdout, 'end')
    expect(length).toBe(2 ** 26)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('of what nobody reads the first mebibyte is kept to the byte, and nothing that comes later', async () => {
  const fixture = new URL('./fixtures/targets/prints.mjs', import.meta.url)
  const p = new Process({ target: target<() => Promise<void>>(fixture, 'printWhenTold'), stdio: 'pipe' }).start()
  const messages = p.messages()
  const print = async (printed: string) => {
    p.send(printed)
    await messages.next()
    // It is in the pipe now, and is taken from it within a turn.
    await turn()
    await turn()
  }
  await print('a'.repeat(2 ** 20 - 100))
  await print('b'.repeat(200))
  await print('c'.repeat(50))
  p.send('')
  await p.join()
  const kept = await text(p.stdout as Readable)
  expect([kept.length, kept.slice(2 ** 20 - 100)]).toEqual([2 ** 20, 'b'.repeat(100)])
})

const closing: [string, () => void] = [
  'closes its stdout and stderr',
  () => [1, 2].forEach((fd) => process.getBuiltinModule('node:fs').closeSync(fd)),
]

test.each<[string, () => void]>([
  // Without the addon docs/processes.md names it as a limit: a thread that starts at the same moment may be given their numbers.
  ...(isNative ? [closing] : []),
  ['destroys them', () => [process.stdout, process.stderr].forEach((stream) => stream.destroy())],
  ['ends them', () => [process.stdout, process.stderr].forEach((stream) => stream.end())],
])('a child that %s has its result and exit code 0', async (_, close) => {
  const p = new Process({
    target: (body: string) => {
      process.getBuiltinModule('node:vm').runInThisContext(`(${body})()`)
      console.log('to nobody')
      return 'value'
    },
    args: [String(close)],
    stdio: 'pipe',
  }).start()
  expect(await p.result).toBe('value')
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
})

test('a parent that destroys the streams of a child ends neither it nor its exit code', async () => {
  const speak = () => {
    for (let i = 0; i < 100; i++) console.log('x'.repeat(10_000))
    return 'value'
  }
  const p = new Process({ target: speak, stdio: 'pipe' }).start()
  p.stdout?.destroy()
  p.stderr?.destroy()
  p.stdin?.destroy()
  expect(await p.result).toBe('value')
  expect((await p.exited).exitCode).toBe(0)
})

test('a program whose own streams are closed has children as any other', async () => {
  const command = `exec "${process.execPath}" "${program('closed-streams.mjs')}" <&- >&- 2>&-`
  const shell = spawn('/bin/sh', ['-c', command], { stdio: 'ignore' })
  expect(await once(shell, 'exit')).toEqual([49, null])
})

// Linux has it.
test.each(['/dev/full'].filter((path) => existsSync(path)))(
  'a child whose result is refused, and that cannot say so where stderr is full (%s), works on as any other',
  async (full) => {
    const command = `exec "${process.execPath}" "${program('refused-result.mjs')}" 2>"${full}"`
    const shell = spawn('/bin/sh', ['-c', command], { stdio: 'ignore' })
    expect(await once(shell, 'exit')).toEqual([7, null])
  },
)

test('so does one where stderr has no reader any more', async () => {
  const parent = spawn(process.execPath, [program('refused-result.mjs')], { stdio: ['pipe', 'ignore', 'pipe'] })
  parent.stderr.destroy()
  await once(parent.stderr, 'close')
  parent.stdin.end()
  expect(await once(parent, 'exit')).toEqual([7, null])
})

test('the stdin of a child is empty, and not that of its parent', async () => {
  const parent = spawn(process.execPath, [program('reads-stdin.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] })
  parent.stdin.end('for the parent')
  let stdout = ''
  parent.stdout.on('data', (chunk: Buffer) => (stdout += chunk))
  await once(parent, 'close')
  expect(JSON.parse(stdout)).toEqual({ child: '', parent: 'for the parent' })
})

test('sockets and files that this program has open are not open in its child', async () => {
  const links = () => {
    const { readdirSync, readlinkSync: readLink } = process.getBuiltinModule('node:fs')
    return readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readLink(`/proc/self/fd/${fd}`)
      } catch {
        return null
      }
    })
  }
  const before = links()
  const server = createServer().listen(0)
  await once(server, 'listening')
  const opened = links().filter((link) => link?.startsWith('socket:') === true && !before.includes(link))
  expect(opened).toHaveLength(1)
  const open = await new Process({ target: links, warm: false }).start().result
  server.close()
  expect(open).not.toContain(opened[0])
})
