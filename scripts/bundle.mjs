/**
 * Makes few files of the many that the compiler wrote to dist/, since loading a file costs more than running it:
 *
 * - dist/bundle/corepool.js, which `import 'corepool'` loads;
 * - dist/bundle/….cjs, the parts of it that are loaded at the first call of one of their functions;
 * - dist/child/bootstrap.cjs, what a child process runs: dist/child/bootstrap.js and all that it imports.
 *
 * A part is CommonJS, since a function that is not asynchronous can load nothing else in every runtime and under every loader. It has
 * no copy of a module that corepool.js holds, but is handed that one: there is one class of each error, and one state.
 */
import { rmSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const folder = join(dist, 'bundle')

/** The modules behind which a part begins; all that each exports are functions, none of which is needed to import the package. */
const parts = ['executors/index.js', 'kernel/compile-kernel.js'].map((name) => join(dist, name))

/** Modules in several parts hold no state and no class: only what reads text, and what words errors. */
const isStateless = (id) => /^(source|errors)\//.test(nameOf(id)) && nameOf(id) !== 'errors/classes.js'

const nameOf = (id) => relative(dist, id).replaceAll(sep, '/')
const fileOf = (part) =>
  `${nameOf(part)
    .replace(/(\/index)?\.js$/, '')
    .replaceAll('/', '-')}.cjs`

const common = {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  platform: 'node',
  // It is JavaScript that is bundled.
  tsconfig: false,
  treeshake: { moduleSideEffects: false },
  // Nothing of node_modules belongs into a bundle: whatever is not resolved, and not said to be external, is an error.
  onLog(level, log) {
    if (level === 'warn') throw new Error(log.message)
  },
}

/** Bundles, writes the file where one is given, and gives back the modules that are in it. */
async function bundle(input, file, options, output) {
  const made = await rolldown({ ...common, input, ...options })
  const settings = { sourcemap: true, codeSplitting: false, comments: false, ...output }
  const { output: chunks } = await (file === null ? made.generate(settings) : made.write({ file, ...settings }))
  await made.close()
  const [chunk, ...more] = chunks.filter(({ type }) => type === 'chunk')
  if (more.length > 0) throw new Error(`${basename(input)} became ${chunks.length} files`)
  return Object.entries(chunk.modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : []))
}

/** The names of the functions that a part exports. */
async function functionsOf(part) {
  const entries = Object.entries(await import(pathToFileURL(part).href))
  for (const [name, value] of entries) {
    if (typeof value !== 'function' || /^class\b/.test(String(value)))
      throw new Error(`${nameOf(part)} exports ${name}, which is no function: it cannot be loaded at its first call`)
  }
  return entries.map(([name]) => name)
}

/** In the place of each part: functions that load it, hand it the modules that it needs of this file, and call the one of the part. */
function partsOnDemand(names, shared) {
  const mark = '\0on-demand:'
  return {
    name: 'parts-on-demand',
    async resolveId(source, importer, options) {
      if (importer === undefined || importer.startsWith(mark)) return null
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      return found !== null && parts.includes(found.id) ? mark + nameOf(found.id) : null
    },
    load(id) {
      if (!id.startsWith(mark)) return null
      const part = join(dist, id.slice(mark.length))
      const modules = shared.get(part) ?? []
      return [
        `import { createRequire } from 'node:module'`,
        `import { fileURLToPath } from 'node:url'`,
        `import { partNotFound } from ${JSON.stringify(join(dist, 'errors', 'index.js'))}`,
        ...modules.map((module, n) => `import * as shared${n} from ${JSON.stringify(module)}`),
        'let loaded',
        'function load() {',
        '  if (loaded !== undefined) return loaded',
        '  let part',
        '  try {',
        `    part = createRequire(import.meta.url)('./${fileOf(part)}')`,
        '  } catch (error) {',
        `    throw error.code === 'MODULE_NOT_FOUND' ? partNotFound(fileURLToPath(import.meta.url), '${fileOf(part)}', error) : error`,
        '  }',
        `  return (loaded = part({ ${modules.map((module, n) => `'${nameOf(module)}': shared${n}`).join(', ')} }))`,
        '}',
        ...names.get(part).map((name) => `export function ${name}(...args) { return load().${name}(...args) }`),
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

const escapeOf = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A text of other characters would be held, and read, as two bytes each. They are left in literals only, where an escape means the same. */
const onlyAscii = {
  name: 'only-ascii',
  renderChunk(text) {
    return { code: text.replaceAll(/[^\0-\x7f]/g, escapeOf), map: null }
  },
}

const isAcorn = (id) => id === 'acorn'

function bundleFacade(file, names, shared) {
  return bundle(
    join(dist, 'index.js'),
    file,
    { external: isAcorn, plugins: [partsOnDemand(names, shared), builtinModules, onlyAscii] },
    { format: 'esm' },
  )
}

/** Bundles one part, without the modules that the facade holds. Gives back the modules of both kinds that it needs. */
async function bundlePart(part, facade) {
  const handed = new Set()
  const sharedModules = {
    name: 'shared-modules',
    async resolveId(source, importer, options) {
      if (importer === undefined) return null
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      if (found === null || !facade.has(found.id)) return null
      handed.add(found.id)
      return { id: nameOf(found.id), external: true }
    },
  }
  const own = await bundle(
    part,
    join(folder, fileOf(part)),
    { external: isAcorn, plugins: [sharedModules] },
    {
      format: 'cjs',
      banner:
        'const loadModule = require\nmodule.exports = (shared, exports = {}) => {\nconst require = (id) => shared[id] ?? loadModule(id)',
      footer: 'return exports\n}',
    },
  )
  // In one order, whichever the files were read in: the bundle is the same each time.
  return { own, handed: [...handed].toSorted() }
}

process.env['COREPOOL_BINDING'] = 'none'
rmSync(folder, { recursive: true, force: true })
const names = new Map()
for (const part of parts) names.set(part, await functionsOf(part))

const facade = new Set(await bundleFacade(null, names, new Map()))
const shared = new Map()
const places = new Map()
for (const part of parts) {
  const { own, handed } = await bundlePart(part, facade)
  shared.set(part, handed)
  for (const id of own) {
    if (places.has(id) && !isStateless(id))
      throw new Error(`${nameOf(id)} would be in ${fileOf(part)} and in ${places.get(id)}, each with its own state`)
    places.set(id, fileOf(part))
  }
}
await bundleFacade(join(folder, 'corepool.js'), names, shared)

await bundle(
  join(dist, 'child', 'bootstrap.js'),
  join(dist, 'child', 'bootstrap.cjs'),
  {},
  {
    format: 'cjs',
    // Each start reads the text anew: half of it is half a millisecond less. Lines stay, since Node shows the one that an error came from.
    minify: { compress: true, mangle: true, codegen: { removeWhitespace: false } },
  },
)
