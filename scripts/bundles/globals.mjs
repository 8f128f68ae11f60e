/** Which of JavaScript's globals a text uses, so that it can be handed them. */
import { parse } from 'acorn'

/** The names that a pattern declares. */
function namesIn(pattern) {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'AssignmentPattern':
      return namesIn(pattern.left)
    case 'RestElement':
      return namesIn(pattern.argument)
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn)
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => namesIn(property.value ?? property))
    default:
      return []
  }
}

function namesDeclaredBy({ type, id, params = [], param }) {
  if (/Function|Class/.test(type)) return [id, ...params].flatMap(namesIn)
  if (type === 'VariableDeclarator') return namesIn(id)
  return type === 'CatchClause' ? namesIn(param) : []
}

/** Its parts, without the names of properties, which are no variables. */
function partsOf(node) {
  const isName = (key) => !node.computed && !node.shorthand && (key === 'key' || key === 'property')
  const parts = Object.entries(node).flatMap(([key, value]) => (isName(key) ? [] : value))
  return parts.filter((part) => typeof part?.type === 'string')
}

const isReplaceable = (name) => Object.getOwnPropertyDescriptor(globalThis, name)?.configurable === true

/**
 * The globals that could be replaced: of each the names of those of its members that are all that is used, or null for the global itself.
 * A name that is declared anywhere in the text is taken for that.
 */
export function globalsUsed(code) {
  const declared = new Set()
  const uses = new Map()
  const use = (name, member) => {
    const known = uses.get(name)
    uses.set(name, member === null || known === null ? null : (known ?? new Set()).add(member))
  }
  const visit = (node) => {
    for (const name of namesDeclaredBy(node)) declared.add(name)
    const isMember = node.type === 'MemberExpression' && node.object.type === 'Identifier' && !node.computed
    if (isMember) use(node.object.name, node.property.name)
    else if (node.type === 'Identifier') use(node.name, null)
    else for (const part of partsOf(node)) visit(part)
  }
  visit(parse(code, { ecmaVersion: 'latest' }))
  const globals = [...uses].filter(([name]) => !declared.has(name) && isReplaceable(name))
  return new Map(globals.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
