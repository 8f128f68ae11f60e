/**
 * Makes few files of the many that the compiler wrote to dist/, since loading a file costs more than running it:
 *
 * - dist/bundle/corepool.js, which `import 'corepool'` loads;
 * - dist/bundle/….cjs, the parts of it that are loaded at the first call of one of their functions;
 * - dist/bundle/acorn.cjs, the parser as the parts and a child use it, in half of its text and a single file;
 * - dist/bundle/whole.js, all of it, for bundlers, which would not find the parts, and which it has take the parser along;
 * - dist/child/bootstrap.cjs, what a child process runs: dist/child/bootstrap.js and all that it imports.
 *
 * A part is CommonJS, since a function that is not asynchronous can load nothing else in every runtime and under every loader. It has
 * no copy of a module that corepool.js holds, but is handed that one: there is one class of each error, and one state.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { bundleChild } from './bundles/child.mjs'
import {
  bundle,
  callsOf,
  dist,
  exportsOf,
  handedValues,
  nameOf,
  namesUsed,
  onlyAscii,
  withImportedAcorn,
  withOwnAcorn,
} from './bundles/common.mjs'

const folder = join(dist, 'bundle')

/** The modules behind which a part begins; all that each exports are functions, none of which is needed to import the package. */
const parts = [
  'executors/index.js',
  'kernel/compile-kernel.js',
  'kernel/plain-engine.js',
  'kernel/reductions/index.js',
  'native/diagnosis.js',
].map((name) => join(dist, name))

/** Modules in several parts hold no state and no class: only what reads text, what words errors, and generated loops. */
const isStateless = (id) => /^(source|errors)\/|\.generated\.js$/.test(nameOf(id)) && nameOf(id) !== 'errors/classes.js'

const fileOf = (part) =>
  `${nameOf(part)
    .replace(/(\/index)?\.js$/, '')
    .replaceAll('/', '-')}.cjs`

const mark = '\0on-demand:'
const moduleOf = (id) => (id.startsWith(mark) ? join(dist, id.slice(mark.length)) : id)

/** In the place of each part: functions that load it, hand it the modules that it needs of this file, and call the one of the part. */
function partsOnDemand(functions, shared) {
  return {
    name: 'parts-on-demand',
    async resolveId(source, importer, options) {
      if (source.startsWith(mark)) return source
      if (importer === undefined || importer.startsWith(mark)) return null
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      return found !== null && parts.includes(found.id) ? mark + nameOf(found.id) : null
    },
    load(id) {
      if (!id.startsWith(mark)) return null
      const part = moduleOf(id)
      const modules = [...(shared.get(part) ?? [])]
      const handed = handedValues(modules.map(([module, names]) => [nameOf(moduleOf(module)), names]))
      return [
        `import { createRequire } from 'node:module'`,
        `import { fileURLToPath } from 'node:url'`,
        `import { partNotFound } from ${JSON.stringify(join(dist, 'errors', 'index.js'))}`,
        ...modules.map(([module], n) => `import * as shared${n} from ${JSON.stringify(module)}`),
        'let loaded',
        'function load() {',
        '  let part',
        '  try {',
        `    part = createRequire(import.meta.url)('./${fileOf(part)}')`,
        '  } catch (error) {',
        `    throw error.code === 'MODULE_NOT_FOUND' ? partNotFound(fileURLToPath(import.meta.url), '${fileOf(part)}', error) : error`,
        '  }',
        // The values by name: an object of each module, as an import of all of it is, would be made whenever the package is imported.
        `  return (loaded = part({ ${handed.join(', ')} }))`,
        '}',
        ...callsOf(functions.get(part), '(loaded ?? load())'),
      ].join('\n')
    },
  }
}

/**
 * Modules of Node by process.getBuiltinModule(). An import of one reads every property of it, and a few of those load half of Node: what
 * node:util alone has behind getters takes 4 ms.
 */
const builtinModules = {
  name: 'builtin-modules',
  transform(text) {
    const code = text.replaceAll(/^import \{ (.*) \} from '(node:\w+)';?$/gm, (_, names, module) => {
      return `const { ${names.replaceAll(' as ', ': ')} } = process.getBuiltinModule('${module}');`
    })
    // Each line stays where it was, and so does the map.
    return { code, map: null }
  },
  // The compiler writes imports in this form, and the sources have no other.
  resolveId(source, importer) {
    if (source.startsWith('node:')) throw new Error(`${importer} imports ${source} in an unknown form`)
  },
}

const isAcorn = (id) => id === 'acorn'

/**
 * Writes the parser: what of it is used. To find, to read and to compile the package's own file took a quarter of the first kernel(fn).
 * The names of its functions say nothing to users, since no error of theirs comes from it; its licence is at its head.
 */
async function bundleAcorn(file) {
  const home = dirname(createRequire(import.meta.url).resolve('acorn/package.json'))
  const entry = '\0acorn'
  const used = {
    name: 'what-is-used',
    resolveId: (source) => (source === entry ? entry : null),
    load: (id) => (id === entry ? `export { parse } from ${JSON.stringify(join(home, 'dist', 'acorn.mjs'))}` : null),
  }
  const minify = { compress: true, mangle: true, codegen: { removeWhitespace: true } }
  await bundle(entry, file, { plugins: [used, onlyAscii] }, { format: 'cjs', sourcemap: false, minify })
  const { name, version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const licence = readFileSync(join(home, 'LICENSE'), 'utf8').trim()
  writeFileSync(file, `/*\n${name} ${version}\n\n${licence}\n*/\n${readFileSync(file, 'utf8')}`)
}

function bundleFacade(file, functions, shared) {
  return bundle(
    join(dist, 'index.js'),
    file,
    { external: isAcorn, plugins: [partsOnDemand(functions, shared), builtinModules, onlyAscii] },
    { format: 'esm' },
  )
}

/** Bundles one part, without the modules that the facade holds. Gives back the modules of its own, and the names of those that it needs. */
async function bundlePart(part, facade) {
  const handed = new Set()
  const sharedModules = {
    name: 'shared-modules',
    async resolveId(source, importer, options) {
      if (importer === undefined) return null
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      if (found === null) return null
      // Another part by way of the facade, which loads it once.
      const id = parts.includes(found.id) && found.id !== part ? mark + nameOf(found.id) : found.id
      if (id === found.id && !facade.has(id)) return null
      handed.add(id)
      return { id: nameOf(found.id), external: true }
    },
  }
  const { code, modules } = await bundle(
    part,
    join(folder, fileOf(part)),
    { plugins: [sharedModules, withOwnAcorn('./acorn.cjs'), onlyAscii] },
    {
      format: 'cjs',
      // A function in parentheses: V8 compiles it with the file, where it would read the text of another twice.
      banner:
        'const loadModule = require\nmodule.exports = (function (shared, exports = {}) {\nconst require = (id) => Object.hasOwn(shared, id) ? shared[id] : loadModule(id)',
      footer: 'return exports\n})',
    },
  )
  const names = namesUsed(code)
  // In one order, whichever the files were read in: the bundle is the same each time.
  const needed = [...handed].toSorted().flatMap((id) => {
    const used = names.get(nameOf(moduleOf(id)))
    if (used === undefined) return []
    if (used.includes(undefined)) throw new Error(`${nameOf(part)} needs more of ${id} than its exports`)
    return [[id, used]]
  })
  return { own: modules, handed: new Map(needed) }
}

process.env['COREPOOL_BINDING'] = 'none'
rmSync(folder, { recursive: true, force: true })
const functions = new Map()
for (const part of parts) {
  const { functions: own, others } = await exportsOf(part)
  if (others.length > 0)
    throw new Error(`${nameOf(part)} exports ${others[0]}, which is no function: it cannot be loaded at its first call`)
  functions.set(part, own)
}

/** What each part needs of the facade, which therefore holds it: names by module. */
let shared = new Map()
for (let before; before !== inspect(shared, { depth: null, maxArrayLength: null });) {
  before = inspect(shared, { depth: null, maxArrayLength: null })
  const facade = new Set((await bundleFacade(null, functions, shared)).modules)
  for (const id of facade) {
    // A part is handed values, which would not change with the variable.
    if (id.startsWith(dist) && /^export (let|var)\b/m.test(readFileSync(id, 'utf8')))
      throw new Error(`${id} exports a variable`)
  }
  const next = new Map()
  const places = new Map()
  for (const part of parts) {
    const { own, handed } = await bundlePart(part, facade)
    next.set(part, handed)
    for (const id of own) {
      const isInAnother = places.has(id)
      places.set(id, part)
      // In both it would have two states: it moves to the facade, and all are bundled again.
      if (isInAnother && !isStateless(id)) handed.set(id, Object.keys(await import(pathToFileURL(id).href)))
    }
  }
  shared = next
}
await bundleFacade(join(folder, 'corepool.js'), functions, shared)
await bundleAcorn(join(folder, 'acorn.cjs'))
await bundle(
  join(dist, 'index.js'),
  join(folder, 'whole.js'),
  { external: isAcorn, plugins: [withImportedAcorn] },
  { format: 'esm' },
)
await bundleChild(join(dist, 'child', 'bootstrap.cjs'))
