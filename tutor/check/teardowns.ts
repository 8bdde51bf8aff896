/** Runs teardown steps when it ends. A tap test is one. */
export interface Scope {
  teardown(step: () => unknown): void
}

/** A scope that ends when `run` is called. */
export class Teardowns implements Scope {
  readonly #steps: (() => unknown)[] = []

  readonly teardown = (step: () => unknown): void => {
    this.#steps.push(step)
  }

  /** Runs all steps, last first. @throws the first error, after all steps have run */
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
