/** The bench was stopped by a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(signal: NodeJS.Signals, exitCode: number) {
    super(signal)
    this.exitCode = exitCode
  }
}

/** Rejects with `Interrupted` on a signal, so that the bench can stop its processes. */
export function interruption(): Promise<never> {
  return new Promise((_resolve, reject) => {
    process.once('SIGINT', (signal) => reject(new Interrupted(signal, 130)))
    process.once('SIGTERM', (signal) => reject(new Interrupted(signal, 143)))
    process.once('SIGHUP', (signal) => reject(new Interrupted(signal, 129)))
  })
}
