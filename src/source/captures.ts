/**
 * The free names of a function: what its text uses and does not declare.
 *
 * Nothing here knows of processes, nor which globals exist; a name in doubt (inside `with`, or made by `eval`) counts as free.
 */
import type { AnyNode, CallExpression, Class, Function as FunctionNode, Identifier } from 'acorn'
import { plainScope, Scope, declareHoisted, declareLexical, declarePattern, type Receiver } from './scopes.ts'
import { childrenOf, hasUseStrict } from './tree.ts'

/** The first use of a free name. `this`, `arguments`, `super`, `new.target`, `import.meta` and `#name` count as names. */
export interface FreeName {
  readonly name: string
  /** 1-based, in the text that was parsed. */
  readonly line: number
  /** 0-based, in the text that was parsed. */
  readonly column: number
  /** `helper` where the use is `name.helper` */
  readonly member: string | null
  /** The use is `(0, name.helper)`: the call of an import, as compilers write it. */
  readonly isImport: boolean
  /** The use stands in `Promise.resolve().then(() => …)`: an import() as bundlers and compilers replace it. */
  readonly isInlinedImport: boolean
}

export interface FreeNames {
  /** In order of their first use. */
  readonly captured: readonly FreeName[]
  /** Free names only ever called as `name(fn, 'text')`: the helpers by which compilers keep `fn.name`. */
  readonly nameKeepers: readonly string[]
  /** Names that no scope declares, and that exist all the same; likewise. */
  readonly globals: readonly FreeName[]
  readonly importsDynamically: boolean
  /** What is loaded by `import('…')`, and by a call of the global `require`, where a text says what. */
  readonly specifiers: readonly string[]
}

interface Use extends FreeName {
  readonly start: number
  readonly keepsName: boolean
}

/**
 * @param fn the function; as a method, its value
 * @param strict whether the code around it is strict
 * @param isGlobal whether a name that is declared nowhere exists all the same
 * @param isProbed whether `typeof name` may ask for a name that does not exist
 */
export function findFreeNames(
  fn: FunctionNode,
  strict: boolean,
  isGlobal: (name: string) => boolean,
  isProbed: (name: string) => boolean,
): FreeNames {
  const reader = new Reader(isGlobal, isProbed)
  reader.readFunction(fn, new Scope(null, { ...plainScope, strict }), 'this')
  const captured = firstUses(reader.uses.filter((use) => !use.keepsName))
  const keepers = new Set(reader.uses.filter((use) => !captured.has(use.name)).map((use) => use.name))
  return {
    captured: [...captured.values()],
    nameKeepers: [...keepers],
    globals: [...firstUses(reader.globals).values()],
    importsDynamically: reader.importsDynamically,
    specifiers: reader.specifiers,
  }
}

/** The first use of each name, in the order of the text. */
function firstUses(uses: readonly Use[]): Map<string, FreeName> {
  const found = new Map<string, FreeName>()
  for (const use of uses.toSorted((a, b) => a.start - b.start)) if (!found.has(use.name)) found.set(use.name, use)
  return found
}

/** Reads a tree once, top down, and notes each use of a name that no scope around it declares. */
class Reader {
  readonly uses: Use[] = []
  readonly globals: Use[] = []
  importsDynamically = false
  readonly specifiers: string[] = []
  #isInlinedImport = false
  readonly #isGlobal: (name: string) => boolean
  readonly #isProbed: (name: string) => boolean

  constructor(isGlobal: (name: string) => boolean, isProbed: (name: string) => boolean) {
    this.#isGlobal = isGlobal
    this.#isProbed = isProbed
  }

  readFunction(fn: FunctionNode, around: Scope, receiver: Receiver): void {
    const isArrow = fn.type === 'ArrowFunctionExpression'
    let outside = around
    if (fn.type === 'FunctionExpression' && fn.id) {
      outside = new Scope(around)
      outside.declare(fn.id.name, 'function or class')
    }
    const strict = outside.strict || (fn.body.type === 'BlockStatement' && hasUseStrict(fn.body.body))
    const parameters = new Scope(outside, { ...plainScope, strict, receiver: isArrow ? 'outer' : receiver })
    if (!isArrow) parameters.declare('arguments')
    for (const parameter of fn.params) declarePattern(parameter, parameters)
    this.#readAll(fn.params, parameters)
    if (fn.body.type === 'BlockStatement') this.#readBody(fn.body.body, new Scope(parameters))
    else this.#read(fn.body, parameters)
  }

  /** The statements of a function's body or of a static block: the scope that their `var` belongs to. */
  #readBody(statements: readonly AnyNode[], scope: Scope): void {
    for (const statement of statements) declareHoisted(statement, scope)
    this.#readStatements(statements, scope)
  }

  #readStatements(statements: readonly AnyNode[], scope: Scope): void {
    for (const statement of statements) declareLexical(statement, scope)
    this.#readAll(statements, scope)
  }

  #readAll(nodes: readonly (AnyNode | null)[], scope: Scope): void {
    for (const node of nodes) if (node !== null) this.#read(node, scope)
  }

  #read(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        return this.#use(node.name, node, scope)
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.readFunction(node, scope, 'this')
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#readClass(node, scope)
      case 'BlockStatement':
        return this.#readStatements(node.body, new Scope(scope))
      case 'SwitchStatement': {
        this.#read(node.discriminant, scope)
        const cases = new Scope(scope)
        for (const { consequent } of node.cases) for (const statement of consequent) declareLexical(statement, cases)
        return this.#readAll(node.cases, cases)
      }
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement': {
        const head = new Scope(scope)
        const declared = node.type === 'ForStatement' ? node.init : node.left
        if (declared) declareLexical(declared, head)
        return this.#readAll(childrenOf(node), head)
      }
      case 'CatchClause': {
        const caught = new Scope(scope)
        if (node.param) declarePattern(node.param, caught)
        return this.#readAll(childrenOf(node), caught)
      }
      case 'Property':
        if (node.computed) this.#read(node.key, scope)
        if (node.value.type === 'FunctionExpression' && (node.method || node.kind !== 'init')) {
          return this.readFunction(node.value, scope, 'this and super')
        }
        return this.#read(node.value, scope)
      case 'MemberExpression': {
        const { object, property } = node
        if (object.type === 'Identifier') {
          const member = !node.computed && property.type === 'Identifier' ? property.name : null
          this.#use(object.name, object, scope, { ...plainUse, member })
        } else this.#read(object, scope)
        if (node.computed || property.type === 'PrivateIdentifier') this.#read(property, scope)
        return
      }
      case 'CallExpression':
        return this.#readCall(node, scope)
      case 'UnaryExpression':
        // `typeof window` asks where the code runs, and is answered in the child; of another name it asks for a value.
        if (node.operator === 'typeof' && node.argument.type === 'Identifier') {
          const { name } = node.argument
          if (this.#isProbed(name) && !this.#isGlobal(name)) return
        }
        return this.#read(node.argument, scope)
      case 'LabeledStatement':
        return this.#read(node.body, scope)
      case 'BreakStatement':
      case 'ContinueStatement':
        return
      case 'ImportExpression':
        this.importsDynamically = true
        this.#noteSpecifier(node.source)
        return this.#readAll(childrenOf(node), scope)
      case 'MetaProperty':
        if (node.meta.name === 'import') this.#note('import.meta', node)
        else if (scope.receiving() === null) this.#note('new.target', node)
        return
      case 'ThisExpression':
        if (scope.receiving() === null) this.#note('this', node)
        return
      case 'Super':
        if (scope.receiving()?.receiver !== 'this and super') this.#note('super', node)
        return
      case 'PrivateIdentifier':
        if (!scope.hasPrivateName(node.name)) this.#note(`#${node.name}`, node)
        return
      default:
        return this.#readAll(childrenOf(node), scope)
    }
  }

  #readClass(node: Class, around: Scope): void {
    const scope = new Scope(around, { ...plainScope, strict: true })
    if (node.id) scope.declare(node.id.name, 'function or class')
    for (const element of node.body.body) {
      if (element.type !== 'StaticBlock' && element.key.type === 'PrivateIdentifier') {
        scope.privateNames.add(element.key.name)
      }
    }
    if (node.superClass) this.#read(node.superClass, scope)
    for (const element of node.body.body) {
      if (element.type === 'StaticBlock') {
        this.#readBody(
          element.body,
          new Scope(scope, { ...plainScope, receiver: 'this and super', isStaticBlock: true }),
        )
        continue
      }
      if (element.computed) this.#read(element.key, scope)
      if (element.type === 'MethodDefinition') this.readFunction(element.value, scope, 'this and super')
      else if (element.value) this.#read(element.value, new Scope(scope, { ...plainScope, receiver: 'this and super' }))
    }
  }

  #noteSpecifier(node: AnyNode | undefined): void {
    if (node?.type === 'Literal' && typeof node.value === 'string') this.specifiers.push(node.value)
  }

  #readCall(node: CallExpression, scope: Scope): void {
    const { callee } = node
    if (callee.type === 'Identifier') {
      if (callee.name === 'require') this.#noteSpecifier(node.arguments[0])
      this.#use(callee.name, callee, scope, { ...plainUse, keepsName: isNameKeeping(node, scope) })
    } else if (callee.type === 'SequenceExpression') {
      const [zero, member, ...more] = callee.expressions
      const isImport =
        zero?.type === 'Literal' && zero.value === 0 && member?.type === 'MemberExpression' && more.length === 0
      if (
        isImport &&
        member.object.type === 'Identifier' &&
        member.property.type === 'Identifier' &&
        !member.computed
      ) {
        this.#use(member.object.name, member.object, scope, { ...plainUse, member: member.property.name, isImport })
      } else this.#read(callee, scope)
    } else this.#read(callee, scope)
    const wasInlined = this.#isInlinedImport
    if (isPromisedAtOnce(node)) this.#isInlinedImport = true
    this.#readAll(node.arguments, scope)
    this.#isInlinedImport = wasInlined
  }

  #use(name: string, node: Identifier, scope: Scope, how: UseDetails = plainUse): void {
    if (scope.find(name) !== undefined) return
    this.#note(name, node, how, this.#isGlobal(name) ? this.globals : this.uses)
  }

  #note(
    name: string,
    node: AnyNode,
    { member, isImport, keepsName }: UseDetails = plainUse,
    list: Use[] = this.uses,
  ): void {
    const { line, column } = node.loc?.start ?? { line: 1, column: node.start }
    const isInlinedImport = this.#isInlinedImport
    list.push({ name, start: node.start, line, column, member, isImport, isInlinedImport, keepsName })
  }
}

interface UseDetails {
  readonly member: string | null
  readonly isImport: boolean
  readonly keepsName: boolean
}

/** A use as most are. */
const plainUse: UseDetails = { member: null, isImport: false, keepsName: false }

/** `Promise.resolve().then(() => an expression)`: nobody writes this, and every bundler does. */
function isPromisedAtOnce({ callee, arguments: args }: CallExpression): boolean {
  const [made] = args
  return (
    callee.type === 'MemberExpression' &&
    isMember(callee, 'then') &&
    callee.object.type === 'CallExpression' &&
    callee.object.arguments.length === 0 &&
    isMember(callee.object.callee, 'resolve') &&
    args.length === 1 &&
    made?.type === 'ArrowFunctionExpression' &&
    made.params.length === 0 &&
    made.expression
  )
}

function isMember(node: AnyNode, name: string): boolean {
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' && node.property.name === name
}

/** `X(function …, 'name')`, `X(declared, 'name')` of a function declared here, or `static { X(this, 'name') }`. */
function isNameKeeping({ arguments: args, optional }: CallExpression, scope: Scope): boolean {
  const [kept, name] = args
  if (args.length !== 2 || optional || kept === undefined || name === undefined) return false
  const isText =
    (name.type === 'Literal' && typeof name.value === 'string') ||
    (name.type === 'TemplateLiteral' && name.expressions.length === 0)
  if (!isText) return false
  switch (kept.type) {
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
      return true
    case 'Identifier':
      // A value of another kind could be the argument of a real helper, whose result would then silently be wrong.
      return scope.find(kept.name) === 'function or class'
    case 'ThisExpression':
      return scope.receiving()?.isStaticBlock ?? false
    default:
      return false
  }
}
