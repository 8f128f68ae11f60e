/** The compiler of kernels: from the text of a function to a program. */
export { builtinName } from './builtins.ts'
export {
  compile,
  compileBuiltin,
  type Binding,
  type Compilation,
  type KernelBinding,
  type OtherWay,
} from './compile.ts'
export { DEPTH } from './unit.ts'
export { helpersOf, parseSource, textOfFunction, textOfString, type SourceText } from './source-text.ts'
