/** What a caller can do wrong is thrown, before anything runs, in Python's sentences. */
import { CorepoolError, Process, ProcessStateError, square, TargetError, target } from 'corepool'
import { expect, test } from 'vitest'
import { revokedProxy } from './fixtures/bad-input.ts'

const idle = () => new Promise<never>(() => setInterval(() => {}, 1000))
// oxlint-disable-next-line typescript/no-explicit-any -- what a caller without types can pass
const make = (options?: any) => new Process(options)

test.each<[string, unknown]>([
  ['no options', undefined],
  ['no target', {}],
  ['a path as target', { target: './work.js' }],
  ['a URL as target', { target: new URL('./work.js', import.meta.url) }],
  ['null as target', { target: null }],
  ['args that are no array', { target: idle, args: 1 }],
  ['a typed array as args', { target: idle, args: Float64Array.of(1) }],
  ['a text as args', { target: idle, args: 'ab' }],
  ['a name that is no string', { target: idle, name: 1 }],
  ['a daemon that is no boolean', { target: idle, daemon: 1 }],
  ['a signal that is none', { target: idle, signal: {} }],
  ['a killTimeout that is no number', { target: idle, killTimeout: '1' }],
  ['an env that is no object', { target: idle, env: 'A=1' }],
  ['a Map as env', { target: idle, env: new Map([['A', '1']]) }],
  ['an array as env', { target: idle, env: ['A=1'] }],
  ['an env that inherits variables', { target: idle, env: Object.create(process.env) }],
  ['a variable that is no string', { target: idle, env: { A: 1 } }],
  ['a cwd that is no string', { target: idle, cwd: 1 }],
  ['an execPath that is no string', { target: idle, execPath: 1 }],
  ['execArgv that is no array', { target: idle, execArgv: '--no-warnings' }],
  ['a flag that is no string', { target: idle, execArgv: [1] }],
  ['a revoked Proxy as options', revokedProxy({})],
  ['a revoked Proxy as args', { target: idle, args: revokedProxy([]) }],
  ['a revoked Proxy as env', { target: idle, env: revokedProxy({}) }],
  ['a revoked Proxy as execArgv', { target: idle, execArgv: revokedProxy([]) }],
])('%s is refused by the constructor', (_, options) => {
  expect(() => make(options)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  expect(() => make(options)).toThrow(CorepoolError)
})

test.each<[string, unknown]>([
  ['an unknown option', { target: idle, timeout: 1 }],
  ['an unknown stdio', { target: idle, stdio: 'null' }],
  ['a negative killTimeout', { target: idle, killTimeout: -1 }],
  ['a killTimeout that is not a number', { target: idle, killTimeout: NaN }],
  ['a module by a relative path', { target: { url: './work.js', exportName: 'work' } }],
])('%s is refused by the constructor', (_, options) => {
  expect(() => make(options)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
})

const vicious = new Proxy(
  {},
  { getPrototypeOf: refuse, get: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse },
)
function refuse(): never {
  throw new Error('a trap')
}

test.each<[string, unknown, string]>([
  ['a Proxy that throws, as target', { target: vicious }, 'ERR_INVALID_ARG_TYPE'],
  ['a Proxy that throws, as name', { target: idle, name: vicious }, 'ERR_INVALID_ARG_TYPE'],
  [
    'a file: URL of another host, as target',
    { target: { url: 'file://host/x.js', exportName: 'a' } },
    'ERR_INVALID_ARG_VALUE',
  ],
  [
    'a file: URL with %2F, as target',
    { target: { url: 'file:///a%2Fx.js', exportName: 'a' } },
    'ERR_INVALID_ARG_VALUE',
  ],
  ['a file: URL of another host, as execPath', { target: idle, execPath: 'file://host/node' }, 'ERR_INVALID_ARG_VALUE'],
  ['a file: URL with %2F, as execPath', { target: idle, execPath: 'file:///a%2Fnode' }, 'ERR_INVALID_ARG_VALUE'],
])('%s is refused as every other mistake', (_, options, code) => {
  expect(() => make(options)).toThrow(CorepoolError)
  expect(() => make(options)).toThrow(expect.objectContaining({ code }))
})

test('a function that uses what a child does not have is refused by name', () => {
  const captured = 1
  expect(() => new Process({ target: () => captured })).toThrow(TargetError)
  expect(() => new Process({ target: () => captured })).toThrow(
    expect.objectContaining({ code: 'ERR_TARGET_CAPTURES', message: expect.stringContaining('"captured"') }),
  )
})

const detached = Float64Array.of(1)
structuredClone(detached.buffer, { transfer: [detached.buffer] })
const cyclic: Record<string, unknown> = { list: [] }
cyclic['self'] = cyclic
cyclic['end'] = Symbol('end')

test.each<[string, unknown]>([
  ['args[1].cb', { cb() {} }],
  ['args[1][2].a["b c"]', [0, 1, { a: { 'b c': Symbol('s') } }]],
  ['args[1].get("key").deep', new Map([['key', { deep: new WeakMap() }]])],
  ['args[1].keys()[0]', new Map([[Promise.resolve(), 1]])],
  ['args[1].values()[1]', new Set([1, () => 1])],
  ['args[1].cause', new Error('x', { cause: () => 1 })],
  ['args[1].end', cyclic],
  [
    'args[1].bad',
    {
      get bad() {
        throw new Error('inner')
      },
    },
  ],
  ['args[1].list', { list: detached }],
  ['args[1].shared', { shared: new SharedArrayBuffer(8) }],
  ['args[1].proxy', { proxy: new Proxy({}, {}) }],
  ['args[1].port', { port: new MessageChannel().port1 }],
])('%s that cannot be cloned is named by its path', (path, value) => {
  expect(() => make({ target: () => {}, args: [1, value] })).toThrow(
    expect.objectContaining({
      code: 'ERR_ARGS_NOT_CLONEABLE',
      message: expect.stringContaining(`${path} cannot be copied`),
    }),
  )
})

test('an argument that has become uncloneable is refused by start(), which can be tried again', async () => {
  const arg: { value: unknown } = { value: 1 }
  const p = new Process({ target: (a: { value: unknown }) => a.value, args: [arg] })
  arg.value = () => 1
  expect(() => p.start()).toThrow(expect.objectContaining({ code: 'ERR_ARGS_NOT_CLONEABLE' }))
  expect([p.state, p.pid]).toEqual(['initial', null])
  arg.value = 2
  expect(await p.start().result).toBe(2)
})

test('a signal that aborts within start() is obeyed', async () => {
  const controller = new AbortController()
  let isStarting = false
  const argument = {
    get ends() {
      if (isStarting) controller.abort('within')
      return isStarting
    },
  }
  const p = make({ target: idle, args: [argument], signal: controller.signal })
  isStarting = true
  p.start()
  await expect(p.result).rejects.toMatchObject({ code: 'ABORT_ERR', cause: 'within' })
  expect(await p.exited).toMatchObject({ exitCode: expect.any(Number) })
})

/** Targets, and arguments of each that call `read` when start() reads them. */
const targets: [what: string, target: unknown, args: (read: () => void) => unknown[], outcome: unknown][] = [
  [
    'a child',
    (argument: { value: number }) => argument.value,
    (read) => [
      {
        get value() {
          return (read(), 5)
        },
      },
    ],
    5,
  ],
  [
    'a kernel',
    square,
    (read) => [
      Float64Array.of(3),
      {
        get dtype() {
          return (read(), 'float32')
        },
      },
    ],
    Float32Array.of(9),
  ],
]

test.each(targets)(
  'what start() reads of the arguments of %s cannot start, end or close its process',
  async (_, run, args, outcome) => {
    const asked: [request: string, code: unknown, state: string][] = []
    const requests: Record<string, (p: Process) => unknown> = {
      start: (p) => p.start(),
      close: (p) => p.close(),
      terminate: (p) => p.terminate(),
      kill: (p) => p.kill(),
      join: (p) => p.join(),
      result: (p) => p.result,
      send: (p) => p.send(1),
      daemon: (p) => (p.daemon = true),
    }
    const made: Process[] = []
    const read = (): void => {
      const [p] = made
      if (p === undefined || asked.length > 0) return
      for (const [request, ask] of Object.entries(requests)) {
        try {
          ask(p)
          asked.push([request, undefined, p.state])
        } catch (error) {
          asked.push([request, (error as CorepoolError).code, p.state])
        }
      }
    }
    const p = make({ target: run, args: args(read) })
    made.push(p)
    p.start()
    expect(asked).toEqual([
      ['start', 'ERR_ALREADY_STARTED', 'initial'],
      ['close', 'ERR_STILL_RUNNING', 'initial'],
      ['terminate', 'ERR_NOT_STARTED', 'initial'],
      ['kill', 'ERR_NOT_STARTED', 'initial'],
      ['join', 'ERR_NOT_STARTED', 'initial'],
      ['result', 'ERR_NOT_STARTED', 'initial'],
      ['send', 'ERR_NOT_STARTED', 'initial'],
      ['daemon', 'ERR_ALREADY_STARTED', 'initial'],
    ])
    expect([p.state, p.daemon]).toEqual(['started', false])
    expect(await p.result).toEqual(outcome)
  },
)

test('arguments too large for the channel are refused before any of them is copied', () => {
  expect(() => make({ target: () => {}, args: [new Uint8Array(2 ** 30 + 1)] })).toThrow(
    expect.objectContaining({ code: 'ERR_PAYLOAD_TOO_LARGE' }),
  )
})

test('operands that a kernel does not take are refused by start()', () => {
  const p = make({ target: square, args: [[1, 2]] })
  expect(() => p.start()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  expect(p.state).toBe('initial')
})

test.each(['join', 'terminate', 'kill'] as const)('%s() before start() is refused', (method) => {
  const p = new Process({ target: idle })
  expect(() => p[method]()).toThrow(ProcessStateError)
  expect(() => p[method]()).toThrow(expect.objectContaining({ code: 'ERR_NOT_STARTED' }))
})

test('joining, and waiting in any other way, needs a started process', () => {
  const p = new Process({ target: idle })
  expect(() => p.join()).toThrow('can only join a started process')
  for (const member of ['result', 'ready', 'exited'] as const) {
    expect(() => p[member]).toThrow(expect.objectContaining({ code: 'ERR_NOT_STARTED' }))
  }
})

test('a process cannot be started twice, running or ended', async () => {
  const p = new Process({ target: () => {} }).start()
  const again = expect.objectContaining({
    code: 'ERR_ALREADY_STARTED',
    message: expect.stringContaining('cannot start a process twice'),
  })
  expect(() => p.start()).toThrow(again)
  await p.join()
  expect(() => p.start()).toThrow(again)
})

test('a started process cannot become a daemon', async () => {
  await using p = new Process({ target: idle }).start()
  expect(() => (p.daemon = true)).toThrow('process has already started')
})

test('a running process cannot be closed', async () => {
  await using p = new Process({ target: idle }).start()
  expect(() => p.close()).toThrow(
    expect.objectContaining({
      code: 'ERR_STILL_RUNNING',
      message: expect.stringContaining(
        'Cannot close a process while it is still running. You should first call join() or terminate().',
      ),
    }),
  )
})

test('a closed process refuses nearly everything, and a second close() does nothing', async () => {
  const p = new Process({ target: () => {} }).start()
  await p.join()
  p.close()
  p.close()
  const uses = [
    () => p.start(),
    () => p.join(),
    () => p.isAlive(),
    () => p.terminate(),
    () => p.kill(),
    () => p.pid,
    () => p.exitCode,
    () => p.signalCode,
    () => p.result,
    () => p.ready,
    () => p.exited,
    () => p.stdout,
    () => (p.daemon = true),
  ]
  for (const use of uses) {
    expect(use).toThrow(
      expect.objectContaining({ code: 'ERR_CLOSED', message: expect.stringContaining('process object is closed') }),
    )
  }
  expect([p.state, p.name.length > 0, p.daemon]).toEqual(['closed', true, false])
})

test('a timeout that is no number is refused', async () => {
  await using p = new Process({ target: idle }).start()
  expect(() => p.join('1' as unknown as number)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  expect(() => p.join(NaN)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
})

test.each(['./work.js', 'work', 'data:text/javascript,export default 1', 'https://example.org/work.js', ''])(
  'target(%j) is refused, with the way to write it',
  (url) => {
    expect(() => target(url)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARG_VALUE',
        message: expect.stringContaining("new URL('./work.js', import.meta.url)"),
      }),
    )
  },
)

test('target() needs a URL and the name of an export', () => {
  expect(() => target(1 as unknown as string)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  const gone = revokedProxy(new URL('file:///work.js'))
  expect(() => target(gone)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  expect(() => target(import.meta.url, 1 as unknown as string)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  )
  expect(() => target(import.meta.url, '')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
})
