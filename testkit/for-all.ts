import fc from 'fast-check'

/** When to stop. */
export interface Enough {
  readonly numRuns: number
  readonly milliseconds: number
}

/**
 * Checks a property on random values. At its time limit, fast-check does not wait for the current run, which would then
 * overlap with the rest of the test; this function waits for it.
 *
 * @throws when a run fails, the last one among them
 */
export async function forAll<T>(
  values: fc.Arbitrary<T>,
  check: (value: T) => Promise<unknown>,
  { numRuns, milliseconds }: Enough,
): Promise<void> {
  let last: Promise<unknown> | undefined
  const property = fc.asyncProperty(values, async (value) => {
    last = check(value)
    await last
  })
  await fc.assert(property, { numRuns, interruptAfterTimeLimit: milliseconds })
  await last
}
