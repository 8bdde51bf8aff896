import type { FastifyInstance } from 'fastify'

/**
 * OpenTelemetry's API is global: in a process there is one place for a provider, and the first to come has it.
 * When several apps are in one process, the next takes it over when the first closes.
 *
 * @param release empties the place
 * @returns a function by which an app gets in line for it
 */
export function takeTurns(release: () => void): (app: FastifyInstance, claim: () => void) => void {
  const line: (() => void)[] = []

  return (app, claim) => {
    line.push(claim)
    if (line[0] === claim) claim()
    app.addHook('onClose', async () => {
      const hadIt = line[0] === claim
      line.splice(line.indexOf(claim), 1)
      if (!hadIt) return
      release()
      line[0]?.()
    })
  }
}
