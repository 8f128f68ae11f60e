/** The one entry of the layer that runs targets: the target's kind decides where. */
import { executeInChild } from './child-execution.ts'
import type { ExecuteOptions, Execution, Observer } from './execution.ts'
import { executeKernel } from './kernel-execution.ts'
import type { PreparedTarget } from './prepared-target.ts'

/**
 * Starts a prepared target; it runs when this returns, or its failure to start is on its way to the observer.
 * @throws CorepoolError for arguments that cannot be sent, or operands that the kernel does not take; nothing then runs
 */
export function execute(prepared: PreparedTarget, options: ExecuteOptions, observer: Observer): Execution {
  switch (prepared.engine) {
    case 'kernel': {
      const execution = executeKernel(prepared.kernel, prepared.args, options.name, observer)
      if (options.daemon) execution.unref()
      return execution
    }
    case 'child':
      return executeInChild(prepared.target, prepared.args, options, observer)
  }
}

export type { ExecuteOptions, Execution, ExitStatus, Observer } from './execution.ts'
export { explain, type Explanation } from './explain.ts'
export { prepareTarget, type PreparedTarget, type Target } from './prepared-target.ts'
