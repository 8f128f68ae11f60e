/**
 * Node's own modules as `require()` gives them, in a third of its time. Not by `process` when they are needed: the target may have
 * replaced it.
 */
export const builtinModule: typeof process.getBuiltinModule = process.getBuiltinModule.bind(process)
