/** Something that ends, and undoes then what was begun for it: a test of tap, too. */
export interface Scope {
  teardown(step: () => unknown): void
}

/** Collects what must be undone at the end. */
export class Teardowns implements Scope {
  readonly #steps: (() => unknown)[] = []

  readonly teardown = (step: () => unknown): void => {
    this.#steps.push(step)
  }

  /** Undoes everything, what came last first. @throws the first error, after the rest has been undone too. */
  async run(): Promise<void> {
    const errors: unknown[] = []
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
