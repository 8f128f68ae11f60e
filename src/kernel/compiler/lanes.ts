/**
 * The lanes' course through a kernel: which of them are alive, and what each variable is in them.
 *
 * A branch is entered by all lanes, on a layer of its own over the variables; afterwards each variable that either side
 * changed is selected lane by lane. A jump (return, break, continue) takes its lanes out until they join again at the jump's
 * target, with the values that they left with. So every statement is executed once while compiling, in order, whatever
 * the lanes do.
 */
import type { Graph } from './graph.ts'
import type { Node } from './node.ts'
import type { Variable } from './scopes.ts'
import { mixed, Type, type ListValue, type Scalar, type Value } from './values.ts'

/** The variables that were written since a branch or a jump's target was entered. */
interface Layer {
  readonly below: Layer | null
  readonly values: Map<Variable, Value>
}

/** Where jumps go: the end of a loop, of an iteration, of a switch, of a function. */
export interface JumpTarget {
  readonly layer: Layer
  readonly live: Node
  /** Jumps that were under way when it was entered. */
  readonly underWay: number
  readonly jumps: { readonly live: Node; readonly values: ReadonlyMap<Variable, Value> }[]
}

export class Lanes {
  readonly #graph: Graph
  #layer: Layer = { below: null, values: new Map() }
  #live: Node
  /** Jumps that have not arrived. */
  #underWay = 0
  /** The lists that were chosen, by the test and the two: lists that contain each other are looked at once, not once for each way to them. */
  readonly #chosen = new Map<Node, Map<ListValue, Map<ListValue, ListValue>>>()
  #chosenItems = 0

  constructor(graph: Graph) {
    this.#graph = graph
    this.#live = graph.true
  }

  /** False: no lane comes here, and what follows is not executed. */
  get isAlive(): boolean {
    return this.#live !== this.#graph.false
  }

  /** Items of lists that were chosen so far: what they cost, nobody else counts. */
  get chosenItems(): number {
    return this.#chosenItems
  }

  read(variable: Variable): Value | undefined {
    return valueIn(this.#layer, variable)
  }

  write(variable: Variable, value: Value): void {
    this.#layer.values.set(variable, value)
  }

  /** Executes one side, or both, each on its own lanes; gives the value that each lane's side has. */
  branch(test: Node, yes: () => Value | null, no: () => Value | null): Value | null {
    const graph = this.#graph
    if (test.kind === 'constant') return graph.truthy(test) === graph.true ? yes() : no()
    const truthy = graph.truthy(test)
    const before = { live: this.#live, underWay: this.#underWay }
    const first = this.#side(graph.and(before.live, truthy), yes)
    const second = this.#side(graph.and(before.live, graph.not(truthy)), no)
    if (first.live === graph.false || second.live === graph.false) {
      const survivor = first.live === graph.false ? second : first
      for (const [variable, value] of survivor.values) this.write(variable, value)
      this.#live = survivor.live
      return survivor.value
    }
    this.#select(truthy, first.values, second.values)
    this.#live = this.#underWay === before.underWay ? before.live : graph.or(first.live, second.live)
    return first.value === null || second.value === null ? null : this.choose(truthy, first.value, second.value)
  }

  #side(
    live: Node,
    run: () => Value | null,
  ): { live: Node; values: ReadonlyMap<Variable, Value>; value: Value | null } {
    const below = this.#layer
    const values = new Map<Variable, Value>()
    this.#layer = { below, values }
    this.#live = live
    const value = this.isAlive ? run() : null
    const end = { live: this.#live, values, value }
    this.#layer = below
    return end
  }

  /** Writes what each lane has of two sets of changes. */
  #select(test: Node, yes: ReadonlyMap<Variable, Value>, no: ReadonlyMap<Variable, Value>): void {
    for (const variable of new Set([...yes.keys(), ...no.keys()])) {
      const before = this.read(variable)
      const [first, second] = [yes.get(variable) ?? before, no.get(variable) ?? before]
      // Declared on one side only: nobody can name it afterwards.
      if (first !== undefined && second !== undefined) this.write(variable, this.choose(test, first, second))
    }
  }

  /** The value that is `yes` in the lanes where the test is truthy, and `no` in the others. */
  choose(test: Node, yes: Value, no: Value): Value {
    if (yes === no) return yes
    if (yes.kind === 'scalar' && no.kind === 'scalar') return this.#chooseScalar(test, yes, no)
    if (yes.kind === 'list' && no.kind === 'list' && yes.items.length === no.items.length) {
      return this.#chooseList(test, yes, no)
    }
    if (yes.kind === 'builtin' && no.kind === 'builtin' && yes.name === no.name) return yes
    return mixed
  }

  #chooseScalar(test: Node, yes: Scalar, no: Scalar): Value {
    const types = yes.types | no.types
    if ((types & Type.bigint) !== 0 && types !== Type.bigint) return mixed
    return { kind: 'scalar', node: this.#graph.select(test, yes.node, no.node), types }
  }

  #chooseList(test: Node, yes: ListValue, no: ListValue): Value {
    const ofTest = entry(this.#chosen, test, () => new Map<ListValue, Map<ListValue, ListValue>>())
    const ofYes = entry(ofTest, yes, () => new Map<ListValue, ListValue>())
    return entry(ofYes, no, () => {
      this.#chosenItems += yes.items.length
      return { kind: 'list', items: yes.items.map((item, k) => this.choose(test, item, no.items[k] ?? mixed)) }
    })
  }

  /** From here on jumps may go to the target, until they are joined. */
  enter(): JumpTarget {
    const layer = { below: this.#layer, values: new Map<Variable, Value>() }
    this.#layer = layer
    return { layer, live: this.#live, underWay: this.#underWay, jumps: [] }
  }

  /** All lanes that are alive here leave for the target. */
  jump(target: JumpTarget): void {
    const values = new Map<Variable, Value>()
    for (let layer: Layer | null = this.#layer; layer !== null; layer = layer.below) {
      for (const [variable, value] of layer.values) if (!values.has(variable)) values.set(variable, value)
      if (layer === target.layer) break
    }
    target.jumps.push({ live: this.#live, values })
    this.#underWay++
    this.#live = this.#graph.false
  }

  /** The target itself: the lanes that jumped to it go on from here, beside those that came by themselves. */
  join(target: JumpTarget): void {
    const { jumps, layer } = target
    const graph = this.#graph
    let { values } = layer as { values: ReadonlyMap<Variable, Value> }
    let live = this.#live
    this.#layer = layer.below as Layer
    this.#underWay -= jumps.length
    // The last to arrive need no test: whoever did not leave before is among them.
    const rest = [...jumps]
    const last = live === graph.false ? rest.pop() : undefined
    if (last !== undefined) ({ values, live } = last)
    for (const jump of rest.toReversed()) {
      const merged = new Map<Variable, Value>()
      for (const variable of new Set([...jump.values.keys(), ...values.keys()])) {
        const before = this.read(variable)
        const [first, second] = [jump.values.get(variable) ?? before, values.get(variable) ?? before]
        if (first !== undefined && second !== undefined) {
          merged.set(variable, this.choose(jump.live, first, second))
        }
      }
      values = merged
      live = graph.or(jump.live, live)
    }
    for (const [variable, value] of values) this.write(variable, value)
    this.#live = this.#underWay === target.underWay ? target.live : live
  }

  /** Leaves for the target with some of the lanes; the others stay. */
  jumpIf(test: Node, target: JumpTarget): void {
    const graph = this.#graph
    const taken = graph.and(this.#live, graph.truthy(test))
    const left = graph.and(this.#live, graph.not(test))
    if (taken === graph.false) return
    this.#live = taken
    this.jump(target)
    this.#live = left
  }
}

/** What a map has for a key; it is made where there is nothing. */
function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

function valueIn(from: Layer, variable: Variable): Value | undefined {
  for (let layer: Layer | null = from; layer !== null; layer = layer.below) {
    const value = layer.values.get(variable)
    if (value !== undefined) return value
  }
  return undefined
}
