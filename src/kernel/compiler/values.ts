/**
 * What an expression is while compiling: a number, boolean or bigint that each element has its own of, or a thing that exists
 * only now (a function, an array written here, Math).
 */
import type { ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from 'acorn'
import type { Node } from './node.ts'
import type { Scope } from './scopes.ts'
import type { SourceText } from './source-text.ts'

/** The JavaScript types that a lane may have, as bits of a set. */
export const Type = { number: 1, boolean: 2, undefined: 4, null: 8, bigint: 16 } as const

/** A value of each lane. Booleans are 1 and 0, undefined is NaN, null is 0: as arithmetic and stores see them. */
export interface Scalar {
  readonly kind: 'scalar'
  readonly node: Node
  /** A set of `Type`. */
  readonly types: number
}

export type FunctionNode = ArrowFunctionExpression | FunctionExpression | FunctionDeclaration

/** What a call of a bound kernel does with its arguments. */
export interface KernelCall {
  readonly name: string
  readonly arity: number
  readonly hasIndex: boolean
}

/** A function that is inlined where it is called. */
export interface FunctionValue {
  readonly kind: 'function'
  readonly node: FunctionNode
  readonly scope: Scope
  /** The text that the function stands in. */
  readonly source: SourceText
  readonly name: string
  /** Where it is that of a bound kernel. */
  readonly kernel: KernelCall | undefined
}

/** A function of Math, Number, BigInt or the global object. */
export interface BuiltinValue {
  readonly kind: 'builtin'
  /** As it is called: `Math.sin`, `isNaN`. */
  readonly name: string
  /** Where it is that of a bound kernel. */
  readonly kernel: KernelCall | undefined
}

export interface NamespaceValue {
  readonly kind: 'namespace'
  readonly name: 'Math' | 'Number'
}

/** An array written here; nothing can change it. */
export interface ListValue {
  readonly kind: 'list'
  readonly items: readonly Value[]
}

/** An object written here; nothing can change it. */
export interface RecordValue {
  readonly kind: 'record'
  readonly fields: ReadonlyMap<string, Value>
}

/** A bound array. */
export interface TableValue {
  readonly kind: 'table'
  readonly name: string
  readonly place: number
}

/** A constant string: a key, the name of a type. */
export interface StringValue {
  readonly kind: 'string'
  readonly text: string
}

/** Of different kinds in different lanes: only what is done with it is refused. */
export interface MixedValue {
  readonly kind: 'mixed'
}

export type Value =
  | Scalar
  | FunctionValue
  | BuiltinValue
  | NamespaceValue
  | ListValue
  | RecordValue
  | TableValue
  | StringValue
  | MixedValue

export const mixed: MixedValue = { kind: 'mixed' }

export function numberValue(node: Node): Scalar {
  return { kind: 'scalar', node, types: Type.number }
}

export function booleanValue(node: Node): Scalar {
  return { kind: 'scalar', node, types: Type.boolean }
}

export function bigintValue(node: Node): Scalar {
  return { kind: 'scalar', node, types: Type.bigint }
}

export function stringValue(text: string): StringValue {
  return { kind: 'string', text }
}

/** True where the value is undefined in every lane. */
export function isUndefined(value: Value): boolean {
  return value.kind === 'scalar' && value.types === Type.undefined
}
