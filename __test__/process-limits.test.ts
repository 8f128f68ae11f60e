/**
 * What the machine refuses or takes away: memory, processes, files, an init. Where it does not let a test bring that about, the test
 * says for what reason, and asserts what holds there.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { getuid, kill } from 'node:process'
import { isNative, Process, target } from 'corepool'
import { expect, test } from 'vitest'
import { makeMemoryGroup } from './fixtures/memory-group.ts'
import { isRunning, program } from './fixtures/run-program.ts'

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command as another user may, so that no privilege of ours is in the way. */
async function run(command: string, args: readonly string[], uid?: number): Promise<Run> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

/** Threads of all processes of a user: what `ulimit -u` counts. */
function threadsOf(uid: number): number {
  let threads = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1')
      if (Number(/^Uid:\t(\d+)/m.exec(status)?.[1]) === uid) threads += Number(/^Threads:\t(\d+)/m.exec(status)?.[1])
    } catch {
      // It has ended meanwhile.
    }
  }
  return threads
}

/** Runs a program that may have few more processes and threads than there are. */
function runWithFewProcesses(name: string): Promise<Run> {
  // Root is exempt from the limit; a user that nobody has, and that may read the project, is not.
  const uid = getuid?.() === 0 ? 54_321 : Number(getuid?.())
  const limit = threadsOf(uid) + 64
  // Shells do not agree on the letter.
  const command = `{ ulimit -u ${limit} 2>/dev/null || ulimit -p ${limit}; } && exec "${process.execPath}" "${program(name)}"`
  return run('/bin/sh', ['-c', command], getuid?.() === 0 ? uid : undefined)
}

test('a child that the system kills for want of memory is reported with that as the likely cause', async () => {
  const hoard = target<() => Promise<never>>(new URL('./fixtures/targets/hoard.mjs', import.meta.url))
  const p = new Process({ target: hoard }).start()
  await p.ready
  const pid = Number(p.pid)
  const group = makeMemoryGroup(`corepool-test-${process.pid}`, 2 ** 26)
  if (typeof group === 'string') {
    console.log(`no control group can be made here: ${group}; a kill from outside is the same to its parent`)
    expect(group).toMatch(/^(?:EACCES|EPERM|EROFS|ENOENT|EBUSY|EINVAL)$/)
    kill(pid, 'SIGKILL')
  } else {
    group.add(pid)
    p.send('go')
  }
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_WORKER_DIED',
    pid,
    exitCode: -9,
    signal: 'SIGKILL',
    reason: 'signal',
    message: expect.stringContaining('the system does so when memory runs out'),
  })
  console.log(`the system killed ${pid}: ${JSON.stringify(await p.exited)}`)
  expect(isRunning(pid)).toBe(false)
  if (typeof group !== 'string') {
    expect(group.kills()).toBe(1)
    group.remove()
  }
  expect(await new Process({ target: () => 1 }).start().result).toBe(1)
})

test('without processes to make, a start fails with the cause, and succeeds when there are some again', async () => {
  const { stdout, stderr } = await runWithFewProcesses('few-processes.mjs')
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual([null, ['ERR_SPAWN_FAILED', 'EAGAIN'], true, 1])
})

test('without threads to start, a call is its caller’s work, an asynchronous one rejects, and both have threads when there are some again', async () => {
  const { stdout, stderr } = await runWithFewProcesses('few-threads.mjs')
  expect(stderr).toBe('')
  const refused = isNative ? 'ERR_SPAWN_FAILED' : 9
  const diagnostic = isNative ? expect.stringMatching(/^only \d+ of 500 threads could be started: /) : null
  expect(JSON.parse(stdout)).toEqual({
    square: 9,
    kernel: 4,
    sum: 1.5,
    refused,
    later: 9,
    transferred: 300,
    stats: true,
    diagnostics: [null, diagnostic],
  })
})

test('without files to open, a start fails with the cause, and succeeds when there are some again', async () => {
  const command = `ulimit -n 64; exec "${process.execPath}" "${program('few-files.mjs')}"`
  const { stdout } = await run('/bin/sh', ['-c', command])
  expect(JSON.parse(stdout)).toEqual([null, ['ERR_SPAWN_FAILED', 'EMFILE'], true, 1])
})

test('the first process of a container has results, sees ends, and leaves nothing running', async () => {
  const node = [process.execPath, program('first-process.mjs')] as const
  const container = ['--pid', '--fork', '--mount-proc', ...(getuid?.() === 0 ? [] : ['--user', '--map-root-user'])]
  let first = 1
  let { code, stdout, stderr } = await run('unshare', [...container, ...node])
  if (/unshare failed|Operation not permitted/.test(stderr)) {
    console.log(`no container can be made here: ${stderr.trim()}; the program runs as an ordinary one`)
    ;({ code, stdout, stderr } = await run(node[0], [node[1]]))
    first = Number(JSON.parse(stdout).pid)
  }
  expect(JSON.parse(stdout)).toEqual({ pid: first, seenByChild: first, exitCodes: [-15, -9], isOrphanLeft: false })
  expect([code, stderr]).toEqual([0, ''])
})
