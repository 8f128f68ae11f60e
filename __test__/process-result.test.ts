/** What comes back: values as structured clone keeps them, errors as they were. */
import { Process, RemoteError, target } from 'corepool'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { expect, expectTypeOf, test } from 'vitest'

const workUrl = new URL('./fixtures/targets/work.mjs', import.meta.url)

function run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
  // Its stderr is not the subject here.
  return new Process<unknown[], R>({ target: fn as (...args: unknown[]) => R, args, stdio: 'ignore' }).start().result
}

test('values arrive as they were, both ways', async () => {
  const values = [
    undefined,
    null,
    true,
    -0,
    NaN,
    2n ** 70n,
    'text',
    new Date(0),
    /x/gi,
    new Map([[1, new Set(['a'])]]),
    Float64Array.of(1, NaN, -0),
    new Uint8Array([1, 2]).buffer,
    BigInt64Array.of(-1n),
    [1, , 3],
    { a: { b: [] } },
  ]
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  const back = await run((...given: unknown[]) => given, ...values, cyclic)
  expect(back.slice(0, -1)).toEqual(values)
  expect(Object.is(back[3], -0)).toBe(true)
  const last = back.at(-1) as { self?: unknown }
  expect(last.self).toBe(last)
})

test.each([
  [undefined],
  [null],
  [false],
  [-0],
  [NaN],
  [-Infinity],
  [2n ** 70n],
  [''],
  ['\0\ud800 \u{1f600}'],
  ['long '.repeat(2 ** 15)],
])('%o alone arrives as it was, both ways', async (value) => {
  const back = await run(
    (given: unknown, isUndefined: boolean) => {
      if ((given === undefined) !== isUndefined) throw new Error('it did not arrive')
      return given
    },
    value,
    value === undefined,
  )
  expect(Object.is(back, value)).toBe(true)
})

test('a large array arrives whole', async () => {
  const xs = await run((length: number) => new Float64Array(length).fill(1.5), 3_000_000)
  expect(xs).toHaveLength(3_000_000)
  expect(xs.every((x) => x === 1.5)).toBe(true)
})

test('a promise that the target returns is awaited', async () => {
  expect(await run(async (n: number) => n * 2, 21)).toBe(42)
})

test('types of arguments and result are those of the target', () => {
  const p = new Process({ target: async (n: number, text?: string) => [n, text] as const, args: [1] })
  expectTypeOf<(typeof p)['result']>().toEqualTypeOf<Promise<readonly [number, string | undefined]>>()
  const named = new Process({ target: target<(n: number) => string>(workUrl, 'work'), args: [1] })
  expectTypeOf<(typeof named)['result']>().toEqualTypeOf<Promise<string>>()
  // @ts-expect-error -- the target takes a number
  expect(() => new Process({ target: target<(n: number) => string>(workUrl, 'work'), args: ['1'] })).not.toThrow()
  // @ts-expect-error -- the target needs an argument
  expect(() => new Process({ target: (n: number) => n })).not.toThrow()
})

test('a built-in error is rebuilt as its class, with code, cause, own fields and remote stack', async () => {
  const error = await run(() => {
    throw Object.assign(new RangeError('too far', { cause: { by: 3 } }), { code: 'E_FAR', place: [1, 2] })
  }).catch((thrown: unknown) => thrown as RangeError)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'too far', cause: { by: 3 }, code: 'E_FAR', place: [1, 2] })
  expect((error as RangeError).stack).toMatch(/^RangeError: too far\n[^]*in Process-\d+ \(pid \d+\)$/)
})

test.each([
  ['RangeError', "Object.assign(new RangeError('far away', { cause: new TypeError('there') }), { code: 'E_FAR' })"],
  ['Error', "Object.assign(new Error('far away', { cause: new TypeError('there') }), { code: 'E_FAR' })"],
  [
    'TypeError',
    "Object.assign(eval('try { null.x } catch (e) { e }'), { message: 'far away', cause: new TypeError('there'), code: 'E_FAR' })",
  ],
])('the built-in class %s of another realm is the one of that name here', async (name, text) => {
  const error = await run((made: string) => {
    throw process.getBuiltinModule('node:vm').runInNewContext(made)
  }, text).catch((thrown: unknown) => thrown as Error)
  expect(Object.getPrototypeOf(error)).toBe(
    (globalThis as unknown as Record<string, ErrorConstructor>)[name]?.prototype,
  )
  expect(error).toMatchObject({ name, message: 'far away', code: 'E_FAR' })
  expect(Object.getPrototypeOf((error as Error).cause)).toBe(TypeError.prototype)
})

test.each([
  ['a class of another realm', "class RangeFailure extends RangeError {}; new RangeFailure('no')", 'RangeFailure'],
  [
    'what has the name of a class of this package',
    "class TargetError extends Error {}; new TargetError('no')",
    'TargetError',
  ],
])('%s is a RemoteError under its own name', async (_, text, name) => {
  const error = await run((made: string) => {
    throw process.getBuiltinModule('node:vm').runInNewContext(made)
  }, text).catch((thrown: unknown) => thrown as Error)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({ name, message: 'no' })
})

test('a class that only has the name of a built-in one is a RemoteError', async () => {
  const error = await run(() => {
    class RangeError extends Error {}
    Object.defineProperty(RangeError.prototype, 'name', { value: 'RangeError' })
    throw new RangeError('no')
  }).catch((thrown: unknown) => thrown as Error)
  expect(error).toBeInstanceOf(RemoteError)
})

test("Node's own errors keep their class and code", async () => {
  const error = run(() => Buffer.alloc('1' as unknown as number))
  await expect(error).rejects.toBeInstanceOf(TypeError)
  await expect(error).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
  const aborted = run(() => AbortSignal.abort().throwIfAborted())
  await expect(aborted).rejects.toBeInstanceOf(DOMException)
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError', code: 20 })
})

test('an error of a foreign class is a RemoteError under its own name', async () => {
  const p = new Process({ target: target<() => never>(workUrl, 'fail'), stdio: 'ignore' }).start()
  const error = await p.result.catch((thrown: unknown) => thrown as RemoteError)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({ name: 'Failure', message: 'as planned', code: 'E_PLANNED', level: 3 })
  expect((error as RemoteError).cause).toBeInstanceOf(TypeError)
})

test('an AggregateError keeps its errors', async () => {
  const p = new Process({ target: target<() => never>(workUrl, 'failMany'), stdio: 'ignore' }).start()
  const error = await p.result.catch((thrown: unknown) => thrown as AggregateError)
  expect(error).toBeInstanceOf(AggregateError)
  expect((error as AggregateError).errors).toEqual([new RangeError('first'), 'second'])
  expect((error as AggregateError).errors[0]).toBeInstanceOf(RangeError)
})

test('a SuppressedError keeps both of its errors, and its class where this version of Node has it', async () => {
  const dispose = () => {
    const both = [new RangeError('while disposing'), new TypeError('before')]
    const Class = Reflect.get(globalThis, 'SuppressedError') as (new (...args: unknown[]) => Error) | undefined
    if (Class !== undefined) throw Object.assign(new Class(...both, 'two'), { code: 'E_TWO' })
    const [error, suppressed] = both
    // As libraries make it.
    const made = Object.assign(new Error('two'), { code: 'E_TWO', name: 'SuppressedError' })
    throw Object.defineProperties(made, { error: { value: error }, suppressed: { value: suppressed } })
  }
  const error = (await run(dispose).catch((thrown: unknown) => thrown)) as { error: unknown; suppressed: unknown }
  expect(error).toBeInstanceOf(Reflect.get(globalThis, 'SuppressedError') ?? Error)
  expect(error).toMatchObject({ name: 'SuppressedError', message: 'two', code: 'E_TWO' })
  expect(error.error).toEqual(new RangeError('while disposing'))
  expect(error.suppressed).toEqual(new TypeError('before'))
})

test('of very many errors or fields those that are left out are counted', async () => {
  const many = await run(() => {
    throw new AggregateError(Array.from({ length: 1000 }, (_, n) => new Error(`number ${n}`)))
  }).catch((thrown: unknown) => thrown)
  const { errors } = many as AggregateError
  expect(errors).toHaveLength(257)
  expect(errors[0]).toEqual(new Error('number 0'))
  expect(errors[256]).toBe('744 more errors were left out')
  const wide = await run(() => {
    throw Object.assign(new Error('wide'), Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, n])))
  }).catch((thrown: unknown) => thrown)
  expect(Object.keys(wide as Error).slice(-2)).toEqual(['f255', '44 more fields were left out'])
})

test.each([[undefined], [null], [0], ['text'], [{ a: 1 }]])('%s that is thrown comes back as itself', async (value) => {
  const p = new Process({
    target: (thrown: unknown) => {
      throw thrown
    },
    args: [value],
    stdio: 'ignore',
  }).start()
  await expect(
    p.result.then(
      () => 'no error',
      (thrown: unknown) => [thrown],
    ),
  ).resolves.toEqual([value])
  expect((await p.exited).exitCode).toBe(1)
})

test.each<[string, () => never]>([
  [
    'a function',
    () => {
      throw () => 1
    },
  ],
  [
    'a getter that throws',
    () => {
      throw {
        get a() {
          throw new Error('inner')
        },
      }
    },
  ],
  [
    'a proxy that refuses everything',
    () => {
      throw new Proxy(
        {},
        {
          get() {
            throw new Error('no')
          },
          getPrototypeOf() {
            throw new Error('no')
          },
          ownKeys() {
            throw new Error('no')
          },
        },
      )
    },
  ],
  [
    'an error whose members throw',
    () => {
      throw Object.defineProperties(
        new Error('x'),
        Object.fromEntries(
          ['stack', 'message', 'name', 'code', 'cause'].map((key) => [
            key,
            {
              enumerable: true,
              get() {
                throw new Error(key)
              },
            },
          ]),
        ),
      )
    },
  ],
  [
    'an error that cannot be inspected',
    () => {
      throw Object.assign(new Error('x'), {
        f() {},
        [Symbol.for('nodejs.util.inspect.custom')]() {
          throw new Error('no')
        },
      })
    },
  ],
])('%s that is thrown is still reported', async (_, fn) => {
  await expect(run(fn)).rejects.toBeInstanceOf(Error)
})

test('an error that causes itself, and a very long chain of causes, are reported', async () => {
  const own = await run(() => {
    const error = new Error('ouroboros')
    error.cause = error
    throw error
  }).catch((thrown: unknown) => thrown as Error)
  expect((own as Error).cause).toBe(own)
  const chain = run(() => {
    let error = new Error('0')
    for (let i = 1; i < 10_000; i++) error = new Error(String(i), { cause: error })
    throw error
  })
  await expect(chain).rejects.toMatchObject({ message: '9999', cause: { message: '9998' } })
})

test('a result that cannot be cloned rejects the result alone, is named by its path, and is seen on stderr', async () => {
  const p = new Process({ target: () => ({ list: [1, { fn() {} }] }), stdio: 'pipe' }).start()
  let output = ''
  p.stderr?.on('data', (chunk: Buffer) => (output += chunk))
  const isRead = p.stderr === null ? null : once(p.stderr, 'close')
  await expect(p.result).rejects.toMatchObject({
    code: 'ERR_RESULT_NOT_CLONEABLE',
    message: expect.stringContaining('result.list[1].fn'),
  })
  expect(await p.exited).toEqual({ exitCode: 0, signalCode: null })
  await isRead
  expect(output).toMatch(/^Process Process-\d+:\nTaskError: result\.list\[1\]\.fn cannot be copied back [^\n]*\n$/)
})

test('every rejection is published, once, whether or not somebody awaits it', async () => {
  const published: unknown[] = []
  const hear = (message: unknown): void => void published.push(message)
  subscribe('corepool:process.failed', hear)
  try {
    const failing = () => {
      throw new RangeError('unheard')
    }
    const p = new Process({ target: failing, stdio: 'ignore' }).start()
    const { pid } = p
    await p.join()
    const q = new Process({ target: () => 1, execPath: '/no/such/binary' }).start()
    await q.ready.catch(() => {})
    expect(await new Process({ target: () => 1 }).start().result).toBe(1)
    expect(published).toEqual([
      { name: p.name, pid, error: await p.result.catch((error: unknown) => error) },
      { name: q.name, pid: null, error: expect.objectContaining({ code: 'ERR_SPAWN_FAILED' }) },
    ])
  } finally {
    unsubscribe('corepool:process.failed', hear)
  }
})

test.each<[string, () => unknown]>([
  [
    'process.setUncaughtExceptionCaptureCallback',
    () =>
      new Promise((resolve) => {
        process.setUncaughtExceptionCaptureCallback(() => setImmediate(resolve, 'value'))
        setImmediate(() => {
          throw new Error('handled')
        })
      }),
  ],
  [
    'a domain',
    () =>
      new Promise((resolve) => {
        const domain = process.getBuiltinModule('node:domain').create()
        domain.on('error', () => setImmediate(resolve, 'value'))
        domain.run(() =>
          setImmediate(() => {
            throw new Error('handled')
          }),
        )
      }),
  ],
  [
    "an 'uncaughtException' listener",
    () =>
      new Promise((resolve) => {
        process.once('uncaughtException', () => setImmediate(resolve, 'value'))
        setImmediate(() => {
          throw new Error('handled')
        })
      }),
  ],
])('an error that %s handles does not spoil the result', async (_, fn) => {
  expect(await run(fn)).toBe('value')
})

test('a fatal error after one that was handled is reported', async () => {
  const fatalAtLast = () => {
    process.once('uncaughtException', () =>
      setImmediate(() => {
        throw new RangeError('fatal')
      }),
    )
    setImmediate(() => {
      throw new Error('handled')
    })
    return new Promise<never>(() => {})
  }
  await expect(run(fatalAtLast)).rejects.toMatchObject({ message: 'fatal' })
})

test.each<[string, () => unknown]>([
  [
    'tells the monitors of',
    async () => {
      Reflect.apply(process.emit, process, ['uncaughtExceptionMonitor', new Error('told'), 'uncaughtException'])
      await new Promise((resolve) => setTimeout(resolve, 1))
      return 'value'
    },
  ],
  [
    'emits, as the runtime would,',
    async () => {
      const told = new Error('told')
      Reflect.apply(process.emit, process, ['uncaughtExceptionMonitor', told, 'uncaughtException'])
      Reflect.apply(process.emit, process, ['uncaughtException', told, 'uncaughtException'])
      await new Promise((resolve) => setTimeout(resolve, 1))
      return 'value'
    },
  ],
])('an error that the target %s itself does not spoil the result', async (_, fn) => {
  const p = new Process({ target: fn, stdio: 'ignore' }).start()
  expect(await p.result).toBe('value')
  expect((await p.exited).exitCode).toBe(0)
})

test('nor does one that it emits while its result is on its way end the child', async () => {
  const emits = () => {
    setImmediate(() => {
      Reflect.apply(process.emit, process, ['uncaughtException', new Error('told'), 'uncaughtException'])
      setTimeout(() => (process.exitCode = 5), 1)
    })
    return 'x'.repeat(2 ** 24)
  }
  const p = new Process({ target: emits, stdio: 'ignore' }).start()
  expect((await p.result).length).toBe(2 ** 24)
  expect((await p.exited).exitCode).toBe(5)
})

test('a fatal error after one that the target emitted itself is reported', async () => {
  const fatalAtLast = () => {
    Reflect.apply(process.emit, process, ['uncaughtExceptionMonitor', new Error('told'), 'uncaughtException'])
    setImmediate(() => {
      throw new RangeError('fatal')
    })
    return new Promise<never>(() => {})
  }
  await expect(run(fatalAtLast)).rejects.toMatchObject({ message: 'fatal' })
})

test('an error of a foreign class without a code has that of its class here', async () => {
  const error = await run(() => {
    class Foreign extends Error {}
    throw new Foreign('no code')
  }).catch((thrown: unknown) => thrown as RemoteError)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({ name: 'Foreign', code: 'ERR_REMOTE' })
  expect(Object.hasOwn(error as RemoteError, 'code')).toBe(false)
})

test('a result that is too large for the channel is refused in the child', async () => {
  await expect(run(() => new Uint8Array(2 ** 30 + 1))).rejects.toMatchObject({ code: 'ERR_PAYLOAD_TOO_LARGE' })
})

test("the target's own messages to its parent never settle anything", async () => {
  const talk = () => {
    for (const message of [['result', 'x', 1], ['error'], null, 'text', { kind: 'ready' }]) process.send?.(message)
    return 'true result'
  }
  expect(await run(talk)).toBe('true result')
})

test('an error in a timer of a target that is still awaited rejects its result', async () => {
  const p = run(
    () =>
      new Promise(() =>
        setTimeout(() => {
          throw new RangeError('late')
        }, 1),
      ),
  )
  await expect(p).rejects.toMatchObject({ message: 'late' })
  await expect(p).rejects.toBeInstanceOf(RangeError)
})

test('a rejection that nobody handles, while the target is still awaited, rejects its result', async () => {
  const p = run(() => {
    setTimeout(() => void Promise.reject(new RangeError('unhandled')), 1)
    return new Promise(() => setInterval(() => {}, 1000))
  })
  await expect(p).rejects.toMatchObject({ message: 'unhandled' })
  await expect(p).rejects.toBeInstanceOf(RangeError)
})

test('a frozen error comes back as its class, and an object without prototype as what it shows', async () => {
  const frozen = run(() => {
    throw Object.freeze(new RangeError('cold'))
  })
  await expect(frozen).rejects.toBeInstanceOf(RangeError)
  await expect(frozen).rejects.toMatchObject({ message: 'cold' })
  const bare = run(() => {
    throw Object.assign(Object.create(null), { a: 1 })
  })
  await expect(bare).rejects.toEqual({ a: 1 })
})

test('a result that has arrived stands, whatever ends the child afterwards', async () => {
  const p = new Process({
    target: () =>
      void setTimeout(() => {
        throw new Error('after')
      }, 1),
    stdio: 'ignore',
  }).start()
  expect(await p.exited).toEqual({ exitCode: 1, signalCode: null })
  expect(await p.result).toBeUndefined()
})

test('a target that replaces what everybody uses is still reported', async () => {
  const vandal = () => {
    Reflect.set(globalThis, 'Promise', null)
    Reflect.set(globalThis, 'process', null)
    Reflect.set(Array.prototype, 'map', null)
    Reflect.set(Object.prototype, 'toString', null)
    throw new TypeError('all is broken')
  }
  await expect(run(vandal)).rejects.toMatchObject({ message: expect.stringContaining('all is broken') })
})
