/**
 * A function that arrived as text becomes a function again, in the child.
 *
 * By `vm.compileFunction`, which works where code from strings is forbidden, under the name of the file that it came from:
 * stacks show that file, and `import()` resolves from it. The text is the caller's own, sent by its process.
 */
import { compileFunction as compileText, constants } from 'node:vm'
import type { FunctionSource } from './function-source.ts'

/** @throws SyntaxError when this Node does not know the syntax of the Node that sent it */
export function compileFunction(source: FunctionSource): (...args: unknown[]) => unknown {
  const before = source.strict ? "'use strict';return (" : 'return ('
  if (source.importsDynamically) silenceImportWarning()
  const bound = new Map<string, unknown>(source.nameKeepers.map((name) => [name, keepName]))
  if (source.requires && source.file !== null) {
    // Loading the module takes 0.2 ms, which the others need not wait for.
    bound.set('require', process.getBuiltinModule('node:module').createRequire(source.file))
  }
  const make = compileText(`${before}${source.text}\n)`, [...bound.keys()], {
    ...(source.file === null ? {} : { filename: source.file }),
    lineOffset: source.line,
    columnOffset: source.column - before.length,
    ...(source.importsDynamically ? { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER } : {}),
  })
  const compiled: (...args: unknown[]) => unknown = make(...bound.values())
  // An anonymous function had its name from the variable that it was assigned to.
  if (compiled.name !== source.name) keepName(compiled, source.name)
  return compiled
}

/** What a compiler's name-keeping helper does, whatever it is called. */
function keepName(fn: unknown, name: unknown): unknown {
  // No prototype: what was put on Object.prototype must not become part of it.
  const descriptor = { __proto__: null, value: name, configurable: true } as PropertyDescriptor
  if (typeof fn === 'function') Reflect.defineProperty(fn, 'name', descriptor)
  return fn
}

const importWarning = 'vm.USE_MAIN_CONTEXT_DEFAULT_LOADER is an experimental feature'
let isSilenced = false

/**
 * Node warns once a process, at the first `import()` that uses this option. One is made here, of a module that is loaded
 * anyway, while that one warning is dropped: nothing stays replaced, and every other warning is printed as ever.
 */
function silenceImportWarning(): void {
  if (isSilenced) return
  isSilenced = true
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (typeof warning === 'string' && warning.startsWith(importWarning)) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    const options = { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }
    compileText("import('node:process').catch(() => {})", [], options)()
  } finally {
    process.emitWarning = emitWarning
  }
}
