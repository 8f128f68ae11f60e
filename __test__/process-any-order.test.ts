/** A Process that is asked anything, in any order: each state allows what it allows, and everything settles. */
import { Process } from 'corepool'
import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { expect, test } from 'vitest'
import { isRunning } from './fixtures/run-program.ts'

const commands = ['start', 'join', 'terminate', 'kill', 'close', 'result', 'exited', 'ready', 'turn', 'end'] as const
type Command = (typeof commands)[number]

/** What a state refuses; nothing else is refused. */
const refusals: Record<Process['state'], Partial<Record<Command, string>>> = {
  initial: Object.fromEntries(
    ['join', 'terminate', 'kill', 'result', 'exited', 'ready'].map((command) => [command, 'ERR_NOT_STARTED']),
  ),
  started: { start: 'ERR_ALREADY_STARTED', close: 'ERR_STILL_RUNNING' },
  stopped: { start: 'ERR_ALREADY_STARTED' },
  closed: Object.fromEntries(
    ['start', 'join', 'terminate', 'kill', 'result', 'exited', 'ready'].map((command) => [command, 'ERR_CLOSED']),
  ),
}

/** Does it, and gives the promise of what is to settle. */
function ask(p: Process, command: Command): Promise<unknown> | undefined {
  switch (command) {
    case 'start':
      p.start()
      return undefined
    case 'join':
      return p.join(1)
    case 'terminate':
    case 'kill':
    case 'close':
      p[command]()
      return undefined
    case 'result':
    case 'exited':
    case 'ready':
      return p[command]
    default:
      return undefined
  }
}

function codeOf(action: () => void): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('what is asked in any order is done or refused by the state, every promise settles, and no child is left', async () => {
  const target = () => new Promise((resolve) => setTimeout(resolve, 5))
  const property = asyncProperty(array(constantFrom(...commands), { minLength: 1, maxLength: 10 }), async (asked) => {
    const p = new Process({ target, stdio: 'ignore' })
    const promises: Promise<unknown>[] = []
    let pid: number | null = null
    for (const command of asked) {
      const { state } = p
      if (command === 'turn') await new Promise((resolve) => setImmediate(resolve))
      else if (command === 'end') await (state === 'started' ? p.exited : undefined)
      else {
        const code = codeOf(() => {
          const promise = ask(p, command)
          if (promise !== undefined) promises.push(promise)
        })
        expect([state, command, code]).toEqual([state, command, refusals[state][command]])
      }
      if (p.state === 'started') ({ pid } = p)
    }
    await p[Symbol.asyncDispose]()
    await Promise.allSettled(promises)
    expect(p.state).toBe('closed')
    expect(pid !== null && isRunning(pid)).toBe(false)
  })
  await assert(property, { numRuns: 150 })
})
