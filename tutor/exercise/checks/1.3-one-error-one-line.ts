import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/1-logging/solutions/1.3-one-error-one-line.ts')

export default defineExercise<Module>({
  hints: [
    'rate() does not handle the error, it passes it on. So it is not the one to log it.',
    'An Error takes a second argument: new Error(message, { cause: error }).',
    'In the catch block, no log line, and: throw new Error("the exchange rate is not known", { cause: error })',
  ],
  async check({ exchangeRate }, claim) {
    const server = await servePhase(1, { plugin: exchangeRate })
    const { status } = await fetch(`${server.url}/rate`)
    claim('the request fails, as the bank has', status === 500, {
      expected: 'GET /rate to answer with status 500',
      seen: `status ${status}`,
      look: 'the error must reach Fastify: what is caught has to be thrown again',
    })

    const errors = (await server.log()).filter(({ level }) => level === 'error' || level === 'warn')
    const lines = errors.map(({ message }) => `"${message}"`).join(' and ')
    claim('one failure is one line in the log', errors.length === 1, {
      expected: 'one line, "request failed", which the plugin error-log writes',
      seen: `${errors.length} lines: ${lines}`,
      look: 'who logs the error on its way up',
    })

    const { message = '', stack = '' } = (errors[0]?.err ?? {}) as { message?: string; stack?: string }
    claim('the line says what could not be done', message.includes('the exchange rate is not known'), {
      expected: 'an error that begins with "the exchange rate is not known"',
      seen: `"${message}"`,
      look: 'the error that rate() throws',
    })
    claim('and why', message.includes('ECONNREFUSED') && stack.includes('askBank'), {
      expected: 'the reason behind it: "connect ECONNREFUSED …", with a stack that leads to askBank',
      seen: `"${message}", and a stack ${stack.includes('askBank') ? 'that leads there' : 'that does not lead there'}`,
      look: 'the second argument of new Error(…)',
    })
  },
})
