import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** What a program without file prints; it resolves packages from here. */
async function printed(type: 'module' | 'commonjs', source: string): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [`--input-type=${type}`, '--eval', source])
}

const use = 'console.log(corepool.square(12), typeof corepool.Process, Object.keys(corepool).sort().join())'
// In the order of code points, one a line.
const names = [
  'AbortError',
  'ArrayError',
  'CorepoolError',
  'KernelError',
  'Process',
  'ProcessStateError',
  'RemoteError',
  'TargetError',
  'TaskError',
  'abs',
  'acos',
  'acosh',
  'activeChildren',
  'add',
  'all',
  'any',
  'argMax',
  'argMin',
  'asin',
  'asinh',
  'atan',
  'atan2',
  'atanh',
  'axpy',
  'cbrt',
  'ceil',
  'clamp',
  'cores',
  'cos',
  'cosh',
  'count',
  'cpuCount',
  'cube',
  'currentProcess',
  'div',
  'dot',
  'exp',
  'explain',
  'expm1',
  'floor',
  'histogram',
  'hypot',
  'isNative',
  'kernel',
  'log',
  'log10',
  'log1p',
  'log2',
  'max',
  'maximum',
  'mean',
  'min',
  'minimum',
  'mod',
  'mul',
  'neg',
  'norm',
  'parentProcess',
  'pow',
  'prod',
  'reciprocal',
  'round',
  'sign',
  'sin',
  'sinh',
  'sqrt',
  'square',
  'std',
  'sub',
  'sum',
  'sumExact',
  'tan',
  'tanh',
  'target',
  'trunc',
  'usableCpuCount',
  'variance',
  'where',
]
const expected = `144 function ${names.join()}\n`

test('the package exports what the public surface says, to import', async () => {
  expect(await printed('module', `import * as corepool from 'corepool'; ${use}`)).toEqual({
    stdout: expected,
    stderr: '',
  })
})

test('and to require(), without a warning: it has no top-level await', async () => {
  expect(await printed('commonjs', `const corepool = require('corepool'); ${use}`)).toEqual({
    stdout: expected,
    stderr: '',
  })
})

test('the manifest says what users need to know, and installs nothing by script', () => {
  expect(manifest).toMatchObject({ name: 'corepool', license: 'MIT', type: 'module', engines: { node: '>=20.19' } })
  expect(Object.keys(manifest.scripts)).toEqual(['start', 'test', 'bench'])
  expect(Object.keys(manifest.dependencies)).toEqual(['acorn'])
})

test('its copy of the parser has the licence with it, and no file that Node loads is held as two bytes a character', () => {
  const text = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  expect(text('dist/bundle/acorn.cjs')).toContain(text('node_modules/acorn/LICENSE').trim())
  const files = readdirSync(new URL('../dist/bundle', import.meta.url))
    .filter((name) => /\.c?js$/.test(name) && name !== 'whole.js')
    .map((name) => `dist/bundle/${name}`)
  expect(files).toContain('dist/bundle/kernel-compile-kernel.cjs')
  expect([...files, 'dist/child/bootstrap.cjs'].filter((path) => /[^\0-\x7f]/.test(text(path)))).toEqual([])
})

test('importing the package starts no thread, no child and no timer', async () => {
  // A CloseReq is the module loader's: a file that it has read. On Node 22 and later, importing node:util alone opens a stream.
  const source = `
    import 'node:util'
    import { readdirSync, readFileSync } from 'node:fs'
    const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq').join()
    const before = resources()
    await import('corepool')
    const isSame = resources() === before
    const names = readdirSync('/proc/self/task').map((task) => readFileSync('/proc/self/task/' + task + '/comm', 'utf8'))
    console.log(names.filter((name) => name.startsWith('corepool')).length, isSame)
  `
  expect((await printed('module', source)).stdout).toBe('0 true\n')
})

test('a program that replaces functions of Math after the import changes neither values nor their accuracy', async () => {
  const program = (replace: string): string => `
    const { exp } = await import('corepool')
    ${replace}
    console.log(exp(Float64Array.of(1))[0], JSON.stringify(exp.info))`
  const replace = 'Math.exp = () => 7'
  expect(await printed('module', program(replace))).toEqual(await printed('module', program('')))
})
