/**
 * Node's own modules that only some children need, loaded by those. Not by `process` when they are needed: the target may have replaced
 * it.
 */
export const builtinModule: typeof process.getBuiltinModule = process.getBuiltinModule.bind(process)
