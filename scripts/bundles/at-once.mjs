/**
 * Functions that V8 compiles with the file, since each start calls them. It reads the text of another twice: to skip it, and when it is
 * called. In parentheses it does not.
 */
import { parse } from 'acorn'
import { RolldownMagicString } from 'rolldown'
import { nameOf } from './common.mjs'

/** By module, the functions that a child calls between its start and its result. */
const called = {
  'child/bootstrap.js': [
    'begin',
    'encodeResult',
    'followParent',
    'guardedEmit',
    'guardedSend',
    'heading',
    'receive',
    'reportUncaught',
    'run',
  ],
  'child/channel.js': ['headErrors', 'isEnding', 'isOnItsWay', 'reply', 'report', 'sendAtOnce'],
  'child/compile.js': ['compileFunction'],
  'child/current-process.js': ['currentProcess', 'enterProcess', 'isBooting'],
  'child/hold.js': ['holdBy'],
  'child/load-target.js': ['loadFunction', 'loadTarget'],
  'child/mistaken-globals.js': ['explaining'],
  'child/parent-link.js': ['linkToParent'],
  'child/protocol.js': ['isRehearse', 'isRun'],
  'child/start-guard.js': ['fileOf', 'originOf', 'outsideOfImport', 'watchLoads', 'withItsOrigin'],
  'child/values.js': ['decode', 'encode', 'isPlain', 'needsNoBytes'],
}

/** Moves them before all other statements of their modules, since they are declarations no more. */
export const compiledAtOnce = {
  name: 'compiled-at-once',
  transform(text, id) {
    const names = new Set(called[nameOf(id)])
    if (names.size === 0) return null
    const code = new RolldownMagicString(text)
    for (const statement of parse(text, { ecmaVersion: 'latest', sourceType: 'module' }).body) {
      const { type, id: name, start, end } = statement.declaration ?? statement
      if (type !== 'FunctionDeclaration' || !names.delete(name.name)) continue
      code.prependRight(start, `const ${name.name} = (`)
      code.appendLeft(end, ');\n')
      if (statement.start > 0) code.move(statement.start, end, 0)
    }
    if (names.size > 0) throw new Error(`${nameOf(id)} has no function ${[...names][0]}`)
    return { code: code.toString(), map: JSON.parse(code.generateMap({ hires: true }).toString()) }
  },
}
