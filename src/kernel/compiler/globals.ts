/** What the names stand for that a kernel may use without declaring them. */
import { aliases, globalFunctions } from './global-names.ts'
import type { Graph } from './graph.ts'
import { numberValue, Type, type Value } from './values.ts'

/** What a global name stands for. */
export function globalValue(graph: Graph, name: string): Value | null {
  const alias = aliases.get(name)
  if (alias !== undefined) return { kind: 'builtin', name: alias, kernel: undefined }
  switch (name) {
    case 'Math':
    case 'Number':
      return { kind: 'namespace', name }
    case 'NaN':
      return numberValue(graph.constant(NaN))
    case 'Infinity':
      return numberValue(graph.constant(Infinity))
    case 'undefined':
      return { kind: 'scalar', node: graph.constant(NaN), types: Type.undefined }
    default:
      return globalFunctions.includes(name) ? { kind: 'builtin', name, kernel: undefined } : null
  }
}
