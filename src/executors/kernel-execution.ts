/**
 * A kernel as the target of a Process: it computes on this process's own pool, and looks from outside as a child does,
 * with exit code 0, or −15 and −9 when it was cancelled between two chunks.
 */
import { kernelHearsNothing, workerDied, type EndReason } from '../errors/index.ts'
import { runKernel, type Kernel } from '../kernel/index.ts'
import type { Execution, ExitStatus, Observer } from './execution.ts'

const finished: ExitStatus = { exitCode: 0, signalCode: null }
const threw: ExitStatus = { exitCode: 1, signalCode: null }

interface Order {
  readonly reason: EndReason
  readonly status: ExitStatus
}

const terminated: Order = { reason: 'terminated', status: { exitCode: -15, signalCode: 'SIGTERM' } }
const killed: Order = { reason: 'killed', status: { exitCode: -9, signalCode: 'SIGKILL' } }

/** @throws what the kernel throws for operands that it does not take, before anything runs */
export function executeKernel(kernel: Kernel, args: readonly unknown[], name: string, observer: Observer): Execution {
  const running = runKernel(kernel, args)
  let death: { readonly error: Error; readonly status: ExitStatus } | undefined
  const cancel = (order: Order): void => {
    death ??= { error: died(name, order), status: order.status }
    running.cancel(death.error)
  }

  queueMicrotask(() => observer.ready())
  const status = running.result.then(
    (value) => {
      observer.result(value)
      return finished
    },
    (error: unknown) => {
      observer.failed(death?.error ?? error)
      return death?.status ?? threw
    },
  )
  const end = (reached: ExitStatus): void => {
    observer.exited(reached)
    observer.silent()
  }
  void status.then(end)

  return {
    pid: process.pid,
    stdin: null,
    stdout: null,
    stderr: null,
    send() {
      throw kernelHearsNothing(name)
    },
    terminate: () => cancel(terminated),
    kill: (reason = 'killed') => cancel({ ...killed, reason }),
    ref: () => running.ref(),
    unref: () => running.unref(),
  }
}

function died(name: string, { reason, status }: Order): Error {
  const { exitCode, signalCode } = status
  return workerDied(name, { pid: process.pid, exitCode, signal: signalCode, reason })
}
