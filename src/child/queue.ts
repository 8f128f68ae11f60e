/**
 * First in, first out, in the same time however many there are: what is taken off an array moves all that is left. It asks nothing of arrays,
 * whose methods a target may have replaced.
 */
interface Link<T> {
  readonly value: T
  next: Link<T> | undefined
}

export class Queue<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined

  push(value: T): void {
    const link: Link<T> = { value, next: undefined }
    if (this.#last === undefined) this.#first = link
    else this.#last.next = link
    this.#last = link
  }

  /** Takes the oldest off; undefined when there is none. */
  shift(): T | undefined {
    const link = this.#first
    this.#first = link?.next
    if (this.#first === undefined) this.#last = undefined
    return link?.value
  }
}
