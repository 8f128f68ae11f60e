/** The processes that this one (this thread of it) has started and that have not ended, oldest first. */
export const active = new Set<object>()
