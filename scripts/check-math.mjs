// Compares the native math functions with Math of the running Node, bit for bit: a million random arguments a function and
// domain, a million random bit patterns and the witnesses, on every SIMD level of this machine, vector form and scalar form.
//
// node scripts/check-math.mjs [--count N] [function…]       this Node
// node scripts/check-math.mjs --nodes 20,22,24,26           those of scripts/runtimes.mjs
//
// Most functions have the same values on several Nodes. Those whose digest is that of values which the native functions had already, on
// an earlier one of --nodes, are not compared a second time.

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { argumentsOf, functionOf, names, takesTwo } from './math-arguments.mjs'
import { runtime } from './runtimes.mjs'

const root = new URL('..', import.meta.url).pathname
const evaluator = join(root, 'target/release/examples/math')

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000000' },
    nodes: { type: 'string' },
    built: { type: 'boolean', default: false },
    // The file in which --nodes keeps the digests of values that had no mismatch.
    verified: { type: 'string' },
  },
})

if (!options.built) {
  execFileSync('cargo', ['build', '--release', '--locked', '-p', 'corepool-kernel', '--example', 'math'], {
    cwd: root,
    stdio: 'inherit',
  })
}
process.exitCode = options.nodes
  ? checkEach(options.nodes.split(','))
  : checkThis(positionals.length > 0 ? positionals : names)

function checkEach(versions) {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-math-'))
  const verified = join(folder, 'verified.json')
  writeFileSync(verified, '[]')
  const rest = ['--built', '--count', options.count, '--verified', verified, ...positionals]
  try {
    const codes = versions.map((version) => {
      const { executable } = runtime(`node${version}`)
      const { status } = spawnSync(executable, [new URL(import.meta.url).pathname, ...rest], { stdio: 'inherit' })
      return status === 0 ? 0 : 1
    })
    return Math.max(...codes)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The levels of this machine, lowest first. */
function simdLevels() {
  if (process.arch === 'arm64') return ['neon']
  const flags = process.platform === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : ''
  return ['sse2', 'avx2', ...(/\bavx512vl\b/.test(flags) ? ['avx512'] : [])]
}

function checkThis(functions) {
  const mode = Number(process.versions.v8.split('.')[0]) >= 13 ? '1' : '0'
  const levels = simdLevels()
  const count = Number(options.count)
  console.log(
    `Node ${process.versions.node}, V8 ${process.versions.v8}, ${process.platform}-${process.arch}; ${count} arguments a set; levels ${levels.join(', ')}`,
  )
  checkTheComparison()
  const verified = new Set(options.verified ? JSON.parse(readFileSync(options.verified, 'utf8')) : [])
  let failed = 0
  for (const name of functions) {
    const own = functionOf(name)
    if (own === undefined) {
      console.log(`${name.padEnd(9)} this Node has none`)
      continue
    }
    const sets = [...argumentsOf(name, count)]
    const input = Buffer.concat(sets.map(([, values]) => Buffer.from(values.buffer)))
    const expected = valuesOf(own, sets, takesTwo(name))
    const digest = options.verified ? digestOf(name === 'pow' ? `pow ${mode}` : name, input, expected) : ''
    if (verified.has(digest)) {
      console.log(`${name.padEnd(9)} 0 mismatches: the same ${expected.length} results as on an earlier Node`)
      continue
    }
    const mismatches = levels.map((level) => {
      const environment = { ...process.env, COREPOOL_SIMD: level }
      const { stdout, stderr, status } = spawnSync(evaluator, ['evaluate', name, mode], {
        input,
        env: environment,
        maxBuffer: 2 ** 30,
      })
      if (status !== 0) throw new Error(`${evaluator} failed on ${name}: ${stderr}`)
      const results = new Float64Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength))
      return compared(name, level, sets, expected, results)
    })
    const total = mismatches.reduce((sum, each) => sum + each, 0)
    console.log(
      `${name.padEnd(9)} ${total} mismatches in ${expected.length} results on each of ${levels.length} levels, vector and scalar`,
    )
    if (total > 0) failed = 1
    else verified.add(digest)
  }
  if (options.verified) writeFileSync(options.verified, JSON.stringify([...verified]))
  return failed
}

/** Of the arguments and the results of a function in a mode, in which every NaN is the same one. */
function digestOf(title, input, expected) {
  const words = new BigUint64Array(expected.buffer.slice(0))
  for (let i = 0; i < words.length; i++) if (Number.isNaN(expected[i])) words[i] = 0x7ff8000000000000n
  return createHash('sha256').update(title).update(input).update(words).digest('hex')
}

/** A comparison that finds nothing must be able to find something: one result of two is off by one unit. */
function checkTheComparison() {
  const expected = Float64Array.of(0.5, 0.25)
  const results = Float64Array.of(0.5, 0.25, 0.5, 0.25000000000000006)
  const quiet = console.log
  console.log = () => {}
  const found = compared('sin', 'none', [['check', expected]], expected, results)
  console.log = quiet
  if (found !== 1) throw new Error(`the comparison found ${found} of 1 seeded mismatches`)
}

function valuesOf(own, sets, two) {
  const results = []
  for (const [, values] of sets) {
    const stride = two ? 2 : 1
    const part = new Float64Array(values.length / stride)
    for (let i = 0; i < part.length; i++) part[i] = two ? own(values[2 * i], values[2 * i + 1]) : own(values[i])
    results.push(part)
  }
  const all = new Float64Array(results.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of results) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** How many results of the vector form and of the scalar form differ; shows the first of each set. */
function compared(name, level, sets, expected, results) {
  if (results.length !== 2 * expected.length)
    throw new Error(`${name}: ${results.length} results for ${expected.length} arguments`)
  let mismatches = 0
  let at = 0
  for (const [label, values] of sets) {
    const stride = takesTwo(name) ? 2 : 1
    const length = values.length / stride
    for (const [form, offset] of [
      ['vector', 0],
      ['scalar', expected.length],
    ]) {
      let here = 0
      for (let i = 0; i < length; i++) {
        const [value, own] = [results[offset + at + i], expected[at + i]]
        if (!Object.is(value, own) && here++ === 0) {
          const operands = [...values.subarray(i * stride, (i + 1) * stride)].join(', ')
          console.log(`  ${name}(${operands}) is ${own} in JavaScript, ${value} in the ${form} form on ${level}`)
        }
      }
      if (here > 0) console.log(`  ${name}, ${label}, ${form} form on ${level}: ${here} mismatches in ${length}`)
      mismatches += here
    }
    at += length
  }
  return mismatches
}
