import type { FastifyInstance } from 'fastify'

/**
 * Lets the apps of a process take turns at a global of OpenTelemetry's API, such as the tracer provider. The first app
 * registers its own. When that app closes, the next app in the queue registers.
 *
 * @param release unregisters what is registered
 * @returns a function that adds an app to the queue; `claim` registers its own when its turn comes
 */
export function takeTurns(release: () => void): (app: FastifyInstance, claim: () => void) => void {
  const queue: (() => void)[] = []

  return (app, claim) => {
    queue.push(claim)
    if (queue[0] === claim) claim()
    app.addHook('onClose', async () => {
      const hadTurn = queue[0] === claim
      queue.splice(queue.indexOf(claim), 1)
      if (!hadTurn) return
      release()
      queue[0]?.()
    })
  }
}
