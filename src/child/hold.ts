/** Staying alive while somebody waits, and only then. */

/** Passes a promise on, and keeps this process alive until it is settled. */
export type Hold = <T>(promise: Promise<T>) => Promise<T>

/** @param ref called when the first of several waits begins; `unref` when the last of them has ended */
export function holdBy(ref: () => void, unref: () => void): Hold {
  let waiting = 0
  const letGo = (): void => {
    waiting -= 1
    if (waiting === 0) unref()
  }
  return (promise) => {
    waiting += 1
    if (waiting === 1) ref()
    promise.then(letGo, letGo)
    return promise
  }
}
