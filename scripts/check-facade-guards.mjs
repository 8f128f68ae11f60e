/**
 * The guards of the TypeScript facade, left out one at a time in a copy of the compiled package, which is then
 * bundled: a test must miss each. The guards of
 * the addon are tried by check-address-sanitizer-in-node.mjs.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is left out, where (text of a built module that occurs once, and what replaces it), and the test that must miss it. */
const guards = [
  {
    guard: 'a buffer that can be resized',
    module: 'memory/view.js',
    text: 'isShared ? isGrowable(buffer) : isResizable(buffer)',
    without: 'isShared && isGrowable(buffer)',
    file: 'kernel-bad-input',
    name: 'a resizable operand',
  },
  {
    guard: 'a shared buffer that can grow',
    module: 'memory/view.js',
    text: 'isShared ? isGrowable(buffer) : isResizable(buffer)',
    without: '!isShared && isResizable(buffer)',
    file: 'kernel-bad-input',
    name: 'a growable shared operand',
  },
  {
    guard: 'a shared buffer that says it is none',
    module: 'memory/view.js',
    text: 'const isShared = isSharedArrayBuffer(buffer);',
    without: 'const isShared = buffer instanceof SharedArrayBuffer;',
    file: 'attacks',
    name: 'that says it is none',
  },
  {
    guard: 'a detached array that was empty',
    module: 'memory/view.js',
    text: 'length === 0 && !isShared && isDetached(buffer)',
    without: 'false',
    file: 'kernel-bad-input',
    name: 'a detached operand that was empty',
  },
  {
    guard: 'the length by the built-in getter',
    module: 'memory/view.js',
    text: 'const length = lengthOf(array);',
    without: 'const length = array.length;',
    file: 'kernel-bad-input',
    name: 'own properties of an array',
  },
  {
    guard: 'a buffer of few elements that can be resized',
    module: 'memory/view.js',
    text: 'isSharedArrayBuffer(buffer) || isResizable(buffer)',
    without: 'isSharedArrayBuffer(buffer)',
    file: 'kernel-bad-input',
    name: 'a resizable operand',
  },
  {
    guard: 'an output of few elements and another length',
    module: 'memory/view.js',
    text: 'dtypeOf(value) !== dtype || lengthOf(value) !== length',
    without: 'dtypeOf(value) !== dtype',
    file: 'kernel-bad-input',
    name: 'an out that is too long',
  },
  {
    guard: 'an output of few elements that overlaps the operand',
    module: 'kernel/tiny-calls.js',
    text: 'if (target === undefined || target === memory)',
    without: 'if (target === undefined)',
    file: 'kernel-bad-input',
    name: 'an output that overlaps the operand',
  },
  {
    guard: 'an output of few elements that overlaps the second of two operands',
    module: 'kernel/tiny-calls.js',
    text: '|| (target === right && out !== y)',
    without: '',
    file: 'kernel-operands',
    name: 'overlaps one operand, the other elsewhere',
  },
  {
    guard: 'an output that overlaps an operand',
    module: 'memory/view.js',
    text: 'if (overlap(input, output) && !coincide(input, output))',
    without: 'if (false)',
    file: 'kernel-operands',
    name: 'overlaps the second operand',
  },
  {
    guard: 'options by own properties only',
    module: 'kernel/call.js',
    text: 'if (!hasOwn(given, key))',
    without: 'if (false)',
    file: 'kernel-bad-input',
    name: 'an option on Object.prototype',
  },
  {
    guard: 'a trace that Node ends',
    module: 'child/quick-end.js',
    text: "isLoaded('trace_events')",
    without: 'false',
    file: 'process-quick-end',
    name: 'what a target traces',
  },
  {
    guard: 'an addon of the target, which may want to be told of the end',
    module: 'child/quick-end.js',
    text: 'endNow = undefined;',
    without: '',
    file: 'process-quick-end',
    name: 'it ends without Node’s way down',
  },
  {
    guard: "an event 'exit' that the target emits",
    module: 'child/quick-end.js',
    text: '!isAtItsEnd() || ',
    without: '',
    file: 'process-quick-end',
    name: 'emits its own end when it is done',
  },
  {
    guard: 'an error that Node prints last',
    module: 'child/bootstrap.js',
    text: "name === 'exit' && !isFailing && ",
    without: "name === 'exit' && ",
    file: 'process-quick-end',
    name: 'an error that ends a child',
  },
  {
    guard: 'each option read once',
    module: 'kernel/call.js',
    text: "dtype = given['dtype'];",
    without: "dtype = (given['dtype'], given['dtype']);",
    file: 'attacks',
    name: 'a Proxy as options',
  },
  {
    guard: 'arrays looked at after the options',
    module: 'kernel/call.js',
    text: 'const view = viewAs(dtype, signature.operands[n], operand);',
    without:
      'const view = { dtype, array: operand, length: 3, byteOffset: 0, byteLength: 24, buffer: operand.buffer, isShared: false, isSteady: false };',
    file: 'kernel-operands',
    name: 'a getter among the options',
    // The addon would find out by itself.
    project: 'plain',
  },
  {
    guard: 'an output looked at again when it is written',
    module: 'kernel/plain-engine.js',
    text: "const attached = viewOf('The output', out.array);",
    without: 'const attached = out;',
    file: 'kernel-async',
    name: 'an output that is detached meanwhile',
    project: 'plain',
  },
  {
    guard: 'a list of transfers that is a Proxy',
    module: 'kernel/transfer.js',
    text: '|| types.isProxy(value)',
    without: '',
    file: 'kernel-transfer',
    name: 'a Proxy of a list',
  },
  {
    guard: 'shared memory that is to be moved',
    module: 'kernel/transfer.js',
    text: 'if (view.isShared) {',
    without: 'if (false) {',
    file: 'kernel-transfer',
    name: 'shared memory',
  },
  {
    guard: 'memory of the addon on the main thread alone',
    module: 'native/result-memory.js',
    text: 'isMainThread() ? this.#take(bytes) : null',
    without: 'this.#take(bytes)',
    file: 'attacks',
    name: 'whose large results were posted away',
  },
  {
    guard: 'memory of an asynchronous call on the main thread alone',
    module: 'native/jobs.js',
    text: ' || !isMainThread()',
    without: '',
    file: 'attacks',
    name: 'whose large results were posted away',
  },
  {
    guard: 'what a thread says of itself',
    module: 'native/main-thread.js',
    text: '(isMain ??= !isMarkedWorker && ',
    without: '(isMain ??= ',
    file: 'attacks',
    name: 'which says that it is the main thread',
  },
  {
    guard: 'a list of transfers whose elements can be written',
    module: 'kernel/transfer.js',
    text: 'if (isDefinable(value, n))',
    without: 'if (true)',
    file: 'kernel-transfer',
    name: 'neither written nor made anew',
  },
  {
    guard: 'memory that this call has moved, and no other of its own',
    module: 'memory/move.js',
    text: 'move.to.buffer === value',
    without: 'true',
    file: 'attacks',
    name: 'nor spoil what tells of it',
  },
  {
    guard: 'dtypes that nobody can write to',
    module: 'memory/dtype.js',
    text: 'return Object.freeze({',
    without: 'return ({',
    file: 'attacks',
    name: 'nor spoil what tells of it',
  },
  {
    guard: 'a prepare() that nobody can replace',
    module: 'kernel/compiled-function.js',
    text: 'freeze(CompiledFunction.prototype);',
    without: '',
    file: 'attacks',
    name: 'nor spoil what tells of it',
  },
  {
    guard: 'the kind of an operation by what it says itself',
    module: 'kernel/operation.js',
    text: "operation.kind === 'compiled'",
    without: "'prepare' in operation",
    file: 'polluted-prototypes',
    name: 'not taken for a compiled one',
  },
]

const folder = mkdtempSync(join(tmpdir(), 'corepool-guards-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const name of [
  'dist',
  '__test__',
  'scripts/bundle.mjs',
  'scripts/bundles',
  'package.json',
  'vitest.config.ts',
  'tsconfig.base.json',
  'tsconfig.json',
  'src',
])
  cpSync(join(root, name), join(folder, name), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))

function bundle() {
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts', 'bundle.mjs')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the copy cannot be bundled: ${stderr}`)
}

/** Runs the tests of that name on the copy. */
function passes({ file, name, project = 'native' }) {
  const args = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--project',
    project,
    `__test__/${file}.test.ts`,
  ]
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, '-t', name], {
    cwd: folder,
    encoding: 'utf8',
  })
  // A run that found no test of that name shows nothing, whatever its status.
  if (!/Tests .*(?:failed|passed)/.test(stdout))
    throw new Error(`no test of ${file} is named so: ${name}\n${stdout}${stderr}`)
  return status === 0
}

let missed = 0
for (const seeded of guards) {
  const { guard, module, text, without, name } = seeded
  const path = join(folder, 'dist', module)
  const whole = readFileSync(path, 'utf8')
  if (whole.split(text).length !== 2) throw new Error(`this does not occur once in dist/${module}: ${text}`)
  const isSound = passes(seeded)
  writeFileSync(
    path,
    whole.replace(text, () => without),
  )
  bundle()
  const isCaught = isSound && !passes(seeded)
  writeFileSync(path, whole)
  bundle()
  console.log(
    `without the guard "${guard}": ${isCaught ? 'caught' : isSound ? 'MISSED' : 'its test fails anyway'} (${name})`,
  )
  if (!isCaught) missed++
}
console.log(`facade guards: ${guards.length - missed} of ${guards.length} caught`)
process.exit(missed === 0 ? 0 : 1)
