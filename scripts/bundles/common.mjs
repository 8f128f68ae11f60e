/** How each bundle of scripts/bundle.mjs is made of modules in dist/. */
import { basename, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parse, parseExpressionAt } from 'acorn'
import { rolldown } from 'rolldown'

export const dist = fileURLToPath(new URL('../../dist', import.meta.url))

export const nameOf = (id) => relative(dist, id).replaceAll(sep, '/')

const common = {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  platform: 'node',
  // It is JavaScript that is bundled.
  tsconfig: false,
  treeshake: { moduleSideEffects: false },
  // How long a plugin takes on a busy machine is no fault of what is bundled.
  checks: { bundlerTimings: false },
  // Nothing of node_modules belongs into a bundle: whatever is not resolved, and not said to be external, is an error.
  onLog(level, log) {
    if (level === 'warn') throw new Error(log.message)
  },
}

/** Bundles, writes the file where one is given, and gives back its text, the modules that are in it, and what of their exports is. */
export async function bundle(input, file, options, output) {
  const made = await rolldown({ ...common, input, ...options })
  // To define a symbol on the exports would fail in a program that has put a "get" on Object.prototype.
  const generatedCode = { symbols: false }
  const settings = { sourcemap: true, codeSplitting: false, comments: false, generatedCode, ...output }
  const { output: chunks } = await (file === null ? made.generate(settings) : made.write({ file, ...settings }))
  await made.close()
  const [chunk, ...more] = chunks.filter(({ type }) => type === 'chunk')
  if (more.length > 0) throw new Error(`${basename(input)} became ${chunks.length} files`)
  const modules = Object.entries(chunk.modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : []))
  const exports = new Map(Object.entries(chunk.modules).map(([id, { renderedExports }]) => [id, renderedExports]))
  return { code: chunk.code, map: chunk.map, modules, exports }
}

const escapeOf = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A text of other characters would be held, and read, as two bytes each. They are left in literals only, where an escape means the same. */
export const onlyAscii = {
  name: 'only-ascii',
  // At the end, since a minifier writes the characters themselves.
  generateBundle(_, chunks) {
    for (const chunk of Object.values(chunks)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll(/[^\0-\x7f]/g, escapeOf)
    }
  },
}

/** The copy of the parser instead of the package, of which a text says how it is reached from its own place. */
export const withOwnAcorn = (path) => ({
  name: 'own-acorn',
  transform(text, id) {
    if (nameOf(id) !== 'source/acorn.js') return null
    const code = text.replace("('acorn')", `('${path}')`)
    if (code === text) throw new Error(`${id} does not load the parser in the known way`)
    return { code, map: null }
  },
})

/** For a bundler, which takes the parser along by an import, but not what a module requires when it runs. */
export const withImportedAcorn = {
  name: 'imported-acorn',
  transform(text, id) {
    if (nameOf(id) !== 'source/acorn.js') return null
    if (!text.includes("('acorn')")) throw new Error(`${id} does not load the parser in the known way`)
    const code =
      "import { parse } from 'acorn'\nconst imported = { parse }\nexport function acorn() {\n  return imported\n}\n"
    return { code, map: null }
  },
}

const isFunction = ([, value]) => typeof value === 'function' && !/^class\b/.test(String(value))

/** What a module exports: of each function the name and the parameters, and the names of all else. */
export async function exportsOf(module) {
  const entries = Object.entries(await import(pathToFileURL(module).href))
  const functions = entries.filter(isFunction).map(([name, value]) => {
    const { params } = parseExpressionAt(String(value), 0, { ecmaVersion: 'latest' })
    // As many as it has, and no list of them, which each call would have to make and to take apart.
    const isPlain = params.every(({ type }) => type !== 'RestElement' && type !== 'AssignmentPattern')
    return { name, parameters: isPlain ? params.map((_, n) => `argument${n}`).join(', ') : '...args' }
  })
  return { functions, others: entries.filter((entry) => !isFunction(entry)).map(([name]) => name) }
}

/** Functions in the place of those of a part, each of which calls it: `part` is the code that gives the part. */
export const callsOf = (functions, part) =>
  functions.map(({ name, parameters }) => {
    return `export function ${name}(${parameters}) { return ${part}.${name}(${parameters}) }`
  })

/** The modules that a part is handed, as properties of a literal: of each the values by name, `shared0` and so on being what was imported. */
export const handedValues = (modules) =>
  modules.map(([id, names], n) => `'${id}': { ${names.map((name) => `${name}: shared${n}.${name}`).join(', ')} }`)

/** What the text of a part uses of each module that it is handed: the names, by the module's. */
export function namesUsed(code) {
  const modules = new Map()
  const uses = new Map()
  const visit = (node) => {
    if (node.type === 'VariableDeclarator' && node.init?.callee?.name === 'require') {
      modules.set(node.id.name, node.init.arguments[0].value)
    } else if (node.type === 'MemberExpression' && node.object.type === 'Identifier') {
      const { object, property, computed } = node
      uses.set(object.name, (uses.get(object.name) ?? new Set()).add(computed ? undefined : property.name))
      if (computed) visit(property)
    } else if (node.type === 'Identifier') uses.set(node.name, (uses.get(node.name) ?? new Set()).add(undefined))
    else for (const child of Object.values(node).flat()) if (typeof child?.type === 'string') visit(child)
  }
  visit(parse(code, { ecmaVersion: 'latest' }))
  return new Map([...modules].map(([variable, module]) => [module, [...(uses.get(variable) ?? [])].toSorted()]))
}
