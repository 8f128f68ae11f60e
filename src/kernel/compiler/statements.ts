/** Statements: each is executed once while compiling, by the lanes that come to it. */
import type {
  AnyNode,
  BlockStatement,
  DoWhileStatement,
  ForOfStatement,
  ForStatement,
  Statement,
  SwitchStatement,
  VariableDeclaration,
  WhileStatement,
} from 'acorn'
import { reasons } from '../../errors/index.ts'
import { closure } from './expressions.ts'
import { equality } from './operators.ts'
import { assigning, declaring, put } from './patterns.ts'
import { ScalarLoopRefusal } from './refusal.ts'
import { namesOf, Scope, type DeclaredAs } from './scopes.ts'
import type { Enclosing, Unit } from './unit.ts'
import { booleanValue, type FunctionNode } from './values.ts'
import { nodesOf } from './order.ts'

/** Iterations after which a loop whose test depends on the elements is taken to have no constant bound beside. */
const OPEN_ITERATIONS = 1024

export function executeStatement(unit: Unit, node: Statement, scope: Scope, labels: readonly string[] = []): void {
  const { lanes } = unit
  switch (node.type) {
    case 'ExpressionStatement':
      unit.evaluate(node.expression, scope)
      return
    case 'VariableDeclaration':
      return declare(unit, node, scope)
    case 'FunctionDeclaration':
    case 'EmptyStatement':
      return
    case 'BlockStatement':
      return labels.length === 0 ? block(unit, node, scope) : labelled(unit, node, scope, labels)
    case 'IfStatement': {
      const { test, consequent, alternate } = node
      const run = (branch: Statement | null | undefined): null => {
        if (branch) unit.execute(branch, scope)
        return null
      }
      const once = (): void =>
        void lanes.branch(
          unit.truthy(unit.evaluate(test, scope), test),
          () => run(consequent),
          () => run(alternate),
        )
      return labels.length === 0 ? once() : within(unit, { labels, isBreakable: false }, once)
    }
    case 'ReturnStatement': {
      const { result, end } = unit.current
      lanes.write(result, node.argument ? unit.evaluate(node.argument, scope) : unit.undefined())
      return lanes.jump(end)
    }
    case 'ForStatement':
      return forLoop(unit, node, scope, labels)
    case 'WhileStatement':
      return whileLoop(unit, node, scope, labels)
    case 'DoWhileStatement':
      return doLoop(unit, node, scope, labels)
    case 'ForOfStatement':
      return forOfLoop(unit, node, scope, labels)
    case 'SwitchStatement':
      return switchOver(unit, node, scope, labels)
    case 'BreakStatement': {
      const label = node.label?.name
      const target = unit.current.enclosing.findLast((each) =>
        label === undefined ? each.isBreakable : each.labels.includes(label),
      )
      if (target === undefined) return unit.refuse(node, reasons.statement('break'))
      return lanes.jump(target.end)
    }
    case 'ContinueStatement': {
      const label = node.label?.name
      const target = unit.current.enclosing.findLast(
        (each) => each.nextIteration !== null && (label === undefined || each.labels.includes(label)),
      )?.nextIteration
      if (!target) return unit.refuse(node, reasons.statement('continue'))
      return lanes.jump(target)
    }
    case 'LabeledStatement':
      return executeStatement(unit, node.body, scope, [...labels, node.label.name])
    case 'ThrowStatement':
      return unit.refuse(node, reasons.statement('throw'))
    case 'TryStatement':
      return unit.refuse(node, reasons.statement('try'))
    case 'ForInStatement':
      return unit.refuse(node, reasons.statement('for … in'))
    case 'WithStatement':
      return unit.refuse(node, reasons.statement('with'))
    case 'DebuggerStatement':
      return unit.refuse(node, reasons.statement('debugger'))
    case 'ClassDeclaration':
      return unit.refuse(node, reasons.syntax('a class'))
  }
  // Module declarations, which acorn gives for texts that are no function.
  return unit.refuse(node, reasons.syntax((node as AnyNode).type))
}

/** The statements of a block or a function, their declarations entered first. */
export function executeAll(unit: Unit, statements: readonly Statement[], scope: Scope): void {
  declareAll(unit, statements, scope)
  for (const statement of statements) {
    if (!unit.lanes.isAlive) return
    unit.execute(statement, scope)
  }
}

function declareAll(unit: Unit, statements: readonly Statement[], scope: Scope): void {
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
      const as: DeclaredAs = statement.kind === 'let' ? 'let' : 'const'
      for (const name of statement.declarations.flatMap(({ id }) => namesOf(id))) scope.declare(name, as)
    }
  }
  for (const statement of statements) {
    if (statement.type !== 'FunctionDeclaration' || !statement.id) continue
    unit.lanes.write(scope.declare(statement.id.name, 'function'), closure(unit, statement as FunctionNode, scope))
  }
}

function block(unit: Unit, { body }: BlockStatement, scope: Scope): void {
  executeAll(unit, body, new Scope(scope))
}

/** Runs `body` with a place that `break` goes to. */
function within(
  unit: Unit,
  { labels, isBreakable }: Pick<Enclosing, 'labels' | 'isBreakable'>,
  body: (enclosing: Enclosing) => void,
): void {
  const { enclosing } = unit.current
  const here: Enclosing = { labels, isBreakable, end: unit.lanes.enter(), nextIteration: null }
  enclosing.push(here)
  body(here)
  enclosing.pop()
  unit.lanes.join(here.end)
}

/** As `within`, around the iterations of a loop. */
function looping(unit: Unit, node: AnyNode, labels: readonly string[], body: (enclosing: Enclosing) => void): void {
  unit.loops.push(node)
  within(unit, { labels, isBreakable: true }, body)
  unit.loops.pop()
}

function labelled(unit: Unit, node: BlockStatement, scope: Scope, labels: readonly string[]): void {
  within(unit, { labels, isBreakable: false }, () => block(unit, node, scope))
}

function declare(unit: Unit, { kind, declarations }: VariableDeclaration, scope: Scope): void {
  for (const { id, init } of declarations) {
    // `var x;` leaves what x has.
    if (kind === 'var' && !init) continue
    put(unit, id, init ? unit.evaluate(init, scope) : unit.undefined(), scope, declaring(unit, scope))
  }
}

/** One iteration's body: `continue` comes to its end. */
function iterate(unit: Unit, here: Enclosing, body: Statement, scope: Scope): void {
  const next = unit.lanes.enter()
  here.nextIteration = next
  unit.execute(body, scope)
  here.nextIteration = null
  unit.lanes.join(next)
}

/**
 * The test of a loop: lanes whose test fails leave. That ends where it fails in all lanes that are left, at a constant bound:
 * in `i < 4 && total < x` too, as minifiers write a `break`.
 * @param iterations those before it
 */
function goesOn(unit: Unit, test: ForStatement['test'], scope: Scope, here: Enclosing, iterations: number): boolean {
  if (!test) return true
  if (test.type === 'LogicalExpression' && test.operator === '&&') {
    // Lanes that fail the first part leave without the second, which may count: `x > 1 && i++ < 6`.
    return goesOn(unit, test.left, scope, here, iterations) && goesOn(unit, test.right, scope, here, iterations)
  }
  const truthy = unit.truthy(unit.evaluate(test, scope), test)
  if (truthy.kind === 'constant') return truthy === unit.graph.true
  // The same for all elements, but known only when the kernel is called: compiled for the values of bound numbers.
  const isSame = !nodesOf([truthy]).some(
    ({ kind, value }) =>
      kind === 'parameter' || kind === 'index' || (kind === 'gather' && unit.tables[Number(value)]?.of === 'binding'),
  )
  if (isSame || (iterations >= OPEN_ITERATIONS && unit.scalars.length > 0)) {
    throw new ScalarLoopRefusal(test, unit.source, reasons.dataDependentLoop)
  }
  if (iterations >= OPEN_ITERATIONS) return unit.refuse(test, reasons.dataDependentLoop)
  unit.lanes.jumpIf(unit.graph.not(truthy), here.end)
  return unit.lanes.isAlive
}

function forLoop(unit: Unit, node: ForStatement, around: Scope, labels: readonly string[]): void {
  const { init, test, update, body } = node
  const { lanes } = unit
  let scope = new Scope(around)
  if (init?.type === 'VariableDeclaration') {
    if (init.kind !== 'var') {
      const as: DeclaredAs = init.kind === 'let' ? 'let' : 'const'
      for (const name of init.declarations.flatMap(({ id }) => namesOf(id))) scope.declare(name, as)
    }
    declare(unit, init, scope)
  } else if (init) unit.evaluate(init, scope)
  // Each iteration has variables of its own: a function that was made in one, or by the declaration, keeps those of its beginning.
  scope = copied(unit, scope)
  looping(unit, node, labels, (here) => {
    for (let done = 0; lanes.isAlive && goesOn(unit, test, scope, here, done); done++) {
      unit.visit(node)
      iterate(unit, here, body, scope)
      scope = copied(unit, scope)
      if (update && lanes.isAlive) unit.evaluate(update, scope)
    }
  })
}

/** A scope with the variables of another, and the values that they have now. */
function copied({ lanes }: Unit, scope: Scope): Scope {
  const copy = new Scope(scope.parent)
  for (const variable of scope.all()) {
    const value = lanes.read(variable)
    if (value !== undefined) lanes.write(copy.declare(variable.name, variable.declaredAs), value)
  }
  return copy
}

function whileLoop(unit: Unit, node: WhileStatement, scope: Scope, labels: readonly string[]): void {
  const { test, body } = node
  looping(unit, node, labels, (here) => {
    for (let done = 0; unit.lanes.isAlive && goesOn(unit, test, scope, here, done); done++) {
      unit.visit(test)
      iterate(unit, here, body, scope)
    }
  })
}

function doLoop(unit: Unit, node: DoWhileStatement, scope: Scope, labels: readonly string[]): void {
  const { test, body } = node
  looping(unit, node, labels, (here) => {
    let done = 0
    do {
      unit.visit(test)
      iterate(unit, here, body, scope)
      done++
    } while (unit.lanes.isAlive && goesOn(unit, test, scope, here, done))
  })
}

function forOfLoop(unit: Unit, node: ForOfStatement, around: Scope, labels: readonly string[]): void {
  const { left, right, body } = node
  const [declaration] = left.type === 'VariableDeclaration' ? left.declarations : []
  const declareHead = (scope: Scope): void => {
    if (left.type !== 'VariableDeclaration' || declaration === undefined || left.kind === 'var') return
    for (const name of namesOf(declaration.id)) scope.declare(name, left.kind === 'let' ? 'let' : 'const')
  }
  // The list is made where the names of the head are declared and have no value yet, whatever they are outside.
  const head = new Scope(around)
  declareHead(head)
  const list = unit.evaluate(right, head)
  if (node.await || list.kind !== 'list') return unit.refuse(right, reasons.spread)
  looping(unit, node, labels, (here) => {
    for (const item of list.items) {
      if (!unit.lanes.isAlive) return
      const scope = new Scope(around)
      if (left.type === 'VariableDeclaration') {
        if (declaration === undefined) return
        declareHead(scope)
        put(unit, declaration.id, item, scope, declaring(unit, scope))
      } else put(unit, left, item, scope, assigning(unit, scope))
      iterate(unit, here, body, scope)
    }
  })
}

/** The lanes go to their cases first, in the order of the tests, and then run through the bodies. */
function switchOver(unit: Unit, node: SwitchStatement, around: Scope, labels: readonly string[]): void {
  const { discriminant, cases } = node
  const { lanes } = unit
  const value = unit.evaluate(discriminant, around)
  within(unit, { labels, isBreakable: true }, (here) => {
    const scope = new Scope(around)
    declareAll(
      unit,
      cases.flatMap(({ consequent }) => consequent),
      scope,
    )
    // Targets are joined in the reverse of the order in which they were entered.
    const targets = cases.map(() => lanes.enter()).toReversed()
    for (const [k, { test }] of cases.entries()) {
      const target = targets[k]
      if (!test || target === undefined || !lanes.isAlive) continue
      const isIt = booleanValue(
        equality(unit, true, value, unit.evaluate(test, scope), { node: test, left: discriminant, right: test }),
      )
      lanes.jumpIf(isIt.node, target)
    }
    const otherwise = targets[cases.findIndex(({ test }) => !test)] ?? here.end
    if (lanes.isAlive) lanes.jump(otherwise)
    for (const [k, { consequent }] of cases.entries()) {
      const target = targets[k]
      if (target !== undefined) lanes.join(target)
      for (const statement of consequent) {
        if (!lanes.isAlive) break
        unit.execute(statement, scope)
      }
    }
  })
}
