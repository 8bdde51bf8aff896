/** Ends a bench early; its message is all that there is to say. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(signal: NodeJS.Signals, exitCode: number) {
    super(signal)
    this.exitCode = exitCode
  }
}

/** Rejects with `Interrupted` when somebody ends the bench, so that it can stop what it has started. */
export function interruption(): Promise<never> {
  return new Promise((_resolve, reject) => {
    process.once('SIGINT', (signal) => reject(new Interrupted(signal, 130)))
    process.once('SIGTERM', (signal) => reject(new Interrupted(signal, 143)))
    process.once('SIGHUP', (signal) => reject(new Interrupted(signal, 129)))
  })
}
