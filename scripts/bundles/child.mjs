/**
 * Makes dist/child/bootstrap.cjs, the one file that a child runs: dist/child/bootstrap.js and all that it imports.
 *
 * V8 reads the whole of it at each start, and what few children need costs all of them. So what runs only after a failure (the classes
 * and the wording of errors, and what encodes them) is a text at the end of the file, which is compiled when the first of its functions
 * is called. It stays in the file, since then the file system may refuse (the permission model, or no open file left).
 *
 * By then the target has run, and may have replaced what it likes: the part is handed what it uses of the globals as they were when the
 * child began. Its functions bear the name of the file and the lines where they stand in it.
 */
import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  bundle,
  callsOf,
  dist,
  exportsOf,
  handedValues,
  nameOf,
  namesUsed,
  onlyAscii,
  withOwnAcorn,
} from './common.mjs'
import { globalsUsed } from './globals.mjs'

/** The modules behind which the part begins: of what they export, a child needs functions only. */
const doors = [
  'errors/index.js',
  'child/errors.js',
  'child/explain.js',
  'child/load-failure.js',
  'child/uncloneable.js',
].map((name) => join(dist, name))

/** Modules of the part that are to run when the child begins. */
const early = [join(dist, 'child', 'dom-exception.js')]

const mark = '\0after-a-failure:'
const theEntry = `${mark}entry`
const theText = `${mark}text`

/** Each start reads the text anew: half of it is half a millisecond less. Lines stay, since Node shows the one that an error came from. */
const minify = {
  // Node prints an error under the name of its class, too, where that is another than the error's own.
  compress: { keepNames: { function: false, class: true } },
  mangle: { keepNames: { function: false, class: true } },
  codegen: { removeWhitespace: false },
}

/** In the place of the modules of the part: their functions, each of which calls the one of the part. */
function doorsOf(functions, compiling) {
  return {
    name: 'after-a-failure',
    async resolveId(source, importer, options) {
      if (source.startsWith(mark)) return source
      if (importer === undefined) return null
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      return found !== null && doors.includes(found.id) ? mark + nameOf(found.id) : null
    },
    load(id) {
      if (id === theText) return compiling
      if (!id.startsWith(mark)) return null
      return [
        `import { part } from ${JSON.stringify(theText)}`,
        ...callsOf(functions.get(join(dist, id.slice(mark.length))), 'part()'),
      ].join('\n')
    },
  }
}

/** The part itself: of its modules what is `used`, and none of those that the child has in any case. */
async function bundlePart(used, inChild) {
  const handed = new Set()
  const plugin = {
    name: 'the-part',
    async resolveId(source, importer, options) {
      if (source === theEntry) return source
      if (importer === undefined) return null
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      if (found === null || !inChild.has(found.id)) return null
      handed.add(found.id)
      return { id: nameOf(found.id), external: true }
    },
    load(id) {
      if (id !== theEntry) return null
      return [...used].map(([door, names]) => `export { ${names.join(', ')} } from ${JSON.stringify(door)}`).join('\n')
    },
  }
  const options = { plugins: [plugin, onlyAscii] }
  const { code: readable } = await bundle(theEntry, null, options, { format: 'cjs', sourcemap: false })
  const { code } = await bundle(theEntry, null, options, { format: 'cjs', sourcemap: false, minify })
  const names = namesUsed(readable)
  const shared = [...handed].toSorted().map((id) => [id, names.get(nameOf(id)) ?? []])
  const builtins = [...names.keys()].filter((id) => id.startsWith('node:'))
  return { code, shared, builtins, globals: globalsUsed(readable) }
}

/** What compiles the part: at once it takes what the target could replace, and no more. */
function compilingOf({ globals, shared, builtins }) {
  const captured = [...globals].map(([name, members]) => {
    return members === null
      ? name
      : `${name}: { ${[...members].toSorted().map((member) => `${member}: ${name}.${member}`)} }`
  })
  const handed = handedValues(shared.map(([id, names]) => [nameOf(id), names]))
  // Node has loaded these anyway. Where a runtime has not, and the stack ends meanwhile, they would never be whole.
  const loaded = builtins.map((id) => `'${id}': builtinModule('${id}')`)
  return [
    `import { compileFunction } from 'node:vm'`,
    `import { builtinModule } from ${JSON.stringify(join(dist, 'child', 'builtin-module.js'))}`,
    ...shared.map(([id], n) => `import * as shared${n} from ${JSON.stringify(id)}`),
    'const compile = compileFunction',
    `const intact = { ${captured.join(', ')} }`,
    `const builtins = { ${loaded.join(', ')} }`,
    'let made',
    'export const part = () => (made ??= make())',
    'function make() {',
    '  const { text, lineOffset } = afterFailure()',
    // No prototype: what was put on Object.prototype must not become an option.
    `  const options = { __proto__: null, filename: __filename, lineOffset }`,
    `  const modules = { __proto__: null, ...builtins, ${handed.join(', ')} }`,
    `  return compile(text, ['intact', 'require'], options)(intact, (id) => modules[id])`,
    '}',
  ].join('\n')
}

const inTemplate = (text) => text.replaceAll(/[\\`]|\$\{/g, '\\$&')

/** @param file where it is written */
export async function bundleChild(file) {
  const functions = new Map()
  for (const door of doors) functions.set(door, (await exportsOf(door)).functions)
  const bundleMain = (compiling) => {
    return bundle(
      join(dist, 'child', 'bootstrap.js'),
      null,
      { plugins: [doorsOf(functions, compiling), withOwnAcorn('../bundle/acorn.cjs'), onlyAscii] },
      { format: 'cjs', dir: dirname(file), sourcemap: 'hidden', entryFileNames: basename(file), minify },
    )
  }
  // Without the part: which of its functions the child calls, and which modules it has itself.
  const { exports, modules } = await bundleMain('export let part')
  const used = new Map(
    doors.flatMap((door) =>
      exports.get(mark + nameOf(door))?.length ? [[door, exports.get(mark + nameOf(door))]] : [],
    ),
  )
  const part = await bundlePart(used, new Set([...modules, ...early]))
  const { code, map } = await bundleMain(compilingOf(part))
  const before = [...code.trim().split('\n'), '// What runs only after a failure.']
  const first = `'use strict'; const { ${[...part.globals.keys()].join(', ')} } = intact, exports = {};`
  const text = inTemplate(`\n${first}\n${part.code.trim()}\nreturn exports`)
  const last = [
    `function afterFailure() { return { lineOffset: ${before.length}, text: \`${text}\` } }`,
    `//# sourceMappingURL=${basename(file)}.map\n`,
  ]
  writeFileSync(file, [...before, ...last].join('\n'))
  // What stands in no module is mapped to nothing, in place of what stands above it: a stack then shows the lines of this file.
  const mapped = map.mappings.split(';')
  const mappings = [...before.map((_, line) => mapped[line] || 'A'), 'A;'].join(';')
  writeFileSync(`${file}.map`, JSON.stringify({ ...map, mappings }))
}
