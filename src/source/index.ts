/** The one entry of the layer that reads JavaScript text: the parser, a function's tree, the names that it leaves free. */
export { acorn } from './acorn.ts'
export { findFreeNames, type FreeName, type FreeNames } from './captures.ts'
export { functionName, functionText, isNativeText } from './function-text.ts'
export { parseFunction, type ParsedFunction, type SyntaxProblem } from './parse-function.ts'
export { rewritingTool, type RewritingTool } from './rewritten-names.ts'
export { childrenOf, hasUseStrict } from './tree.ts'
