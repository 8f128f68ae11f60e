/** The processes that this one has started and that have not ended. */
import type { Process } from './process.ts'

const active = new Set<Process>()

export function addActive(child: Process): void {
  active.add(child)
}

export function removeActive(child: Process): void {
  active.delete(child)
}

/** The processes that this one (this thread of it) has started and that run, oldest first; kernels, too. */
export function activeChildren(): Process[] {
  return [...active]
}
