/** What kind of target it is decides where it runs; checked here, as far as that is possible before anything starts. */
import {
  callerFile,
  checkCloneable,
  checkExport,
  isModuleTarget,
  readFunction,
  target as nameTarget,
} from '../child/index.ts'
import type { ModuleTarget, TaskTarget } from '../child/index.ts'
import { invalidType } from '../errors/index.ts'
import { isKernel, type Kernel } from '../kernel/index.ts'

// oxlint-disable typescript/no-explicit-any -- any function is a target; A and R are found by inference
/** A kernel by what it does with arrays. */
type KernelOf<A extends unknown[], R> = Kernel<any, any> & { async(...args: A): Promise<R> }

/**
 * What a Process runs: a plain function, an exported function named by target(), or a kernel. KernelOf stands first because TypeScript would
 * otherwise find A and R in the last signature of a kernel's calls, which is that of numbers.
 */
export type Target<A extends unknown[] = any[], R = any> =
  | KernelOf<A, R>
  | ((...args: A) => R)
  | ModuleTarget<A, R>
  | Kernel<any, any>
// oxlint-enable typescript/no-explicit-any

/** A target that was checked, with its arguments. */
export type PreparedTarget =
  | { readonly engine: 'child'; readonly target: TaskTarget; readonly args: readonly unknown[] }
  | { readonly engine: 'kernel'; readonly kernel: Kernel; readonly args: readonly unknown[] }

/**
 * @param below the function that the user called: `import()` in a function target resolves from its caller's file
 * @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_ARGS_NOT_CLONEABLE`, `ERR_PAYLOAD_TOO_LARGE`; TargetError for a
 *   function that cannot be sent, `ERR_TARGET_NOT_FOUND` for an export that a module plainly has not
 */
export function prepareTarget(target: unknown, args: readonly unknown[], below: Function): PreparedTarget {
  if (isKernel(target)) return { engine: 'kernel', kernel: target, args }
  const prepared: PreparedTarget = { engine: 'child', target: taskTarget(target, below), args }
  checkCloneable('args', args)
  return prepared
}

function taskTarget(target: unknown, below: Function): TaskTarget {
  if (typeof target === 'function') return ['function', readFunction(target, callerFile(below))]
  if (isModuleTarget(target)) {
    // Named again, since plain data of that shape need not have been made by target().
    const { url, exportName } = nameTarget(target.url, target.exportName)
    checkExport(url, exportName)
    return ['module', url, exportName]
  }
  throw invalidType(
    'target',
    'a function, a kernel, or what target() returns',
    target,
    "An exported function is named by target(new URL('./work.js', import.meta.url), 'name').",
  )
}
