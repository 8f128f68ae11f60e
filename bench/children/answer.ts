/** The child's side of AskedChild: answers every question, with the CPU time that it used since the last answer. */

export function answer<Q, T>(reply: (question: Q) => T | Promise<T>): void {
  let before = process.cpuUsage()
  process.on('message', async (question: Q) => {
    const value = await reply(question)
    const { user, system } = process.cpuUsage(before)
    before = process.cpuUsage()
    process.send?.({ value, cpu: (user + system) / 1e3 })
  })
}
