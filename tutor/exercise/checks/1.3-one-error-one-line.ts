import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/1-logging/solutions/1.3-one-error-one-line.ts')

export default defineExercise<Module>({
  hints: [
    'rate() does not handle the error, it passes it on. So rate() is not the place to log it.',
    'An Error takes a second argument: new Error(message, { cause: error }).',
    'In the catch block, no log line, and: throw new Error("the exchange rate is not known", { cause: error })',
  ],
  async check({ exchangeRate }, claim) {
    let reason: Error | undefined
    async function askBank(): Promise<number> {
      if (reason) throw reason
      return 1.0837
    }
    const server = await servePhase(1, { plugin: [exchangeRate, { askBank }] })
    const failWith = async (error: Error) => {
      reason = error
      const before = (await server.log()).length
      let thrown: Error | undefined
      const answer = await server.get('/rate').catch((error: Error) => {
        thrown = error
      })
      return { reason: error, thrown, status: answer?.status, lines: (await server.log()).slice(before) }
    }

    const first = await failWith(refused())
    const second = await failWith(new TypeError(`the bank sent no JSON but ${crypto.randomUUID()}`))
    const failures = [first, second]

    const answered = failures.find(({ thrown }) => thrown === undefined)
    claim('the request fails when the bank does', answered === undefined, {
      expected: 'GET /rate to answer with status 500',
      seen: `status ${answered?.status}`,
      look: 'the error must reach Fastify: what is caught has to be thrown again',
    })
    const chatty = failures.find(({ lines }) => lines.length !== 1)
    claim('one failure is one line in the log', chatty === undefined, {
      expected: 'one line, "request failed", which the plugin error-log writes',
      seen: `${chatty?.lines.length} lines: ${chatty?.lines.map(({ level, message }) => `"${message}" at ${level}`).join(' and ')}`,
      look: 'who logs on the way up: a second line about the same failure is one too many at any level',
    })
    const mute = failures.find(({ thrown }) => !thrown?.message.startsWith('the exchange rate is not known'))
    claim('the line says what could not be done', mute === undefined, {
      expected: 'an error that begins with "the exchange rate is not known"',
      seen: `"${mute?.thrown?.message}"`,
      look: 'the error that rate() throws',
    })
    const torn = failures.find(({ thrown, reason }) => thrown?.cause !== reason)
    claim('and why: the error hands on the very error of the bank', torn === undefined, {
      expected: `an error that leads to "${torn?.reason.message}" and to the line of code that threw it`,
      seen: `"${torn?.thrown?.message}", ${torn?.thrown?.cause === undefined ? 'without a cause' : `with another cause: ${torn.thrown.cause}`}`,
      look: 'the error that you caught: a text made of it, or a copy, has lost its stack',
    })

    reason = undefined
    const { status, body } = await server.get('/rate')
    claim('a bank that answers is no failure', status === 200 && body === '{"rate":1.0837}', {
      expected: '{"rate":1.0837} when the bank says 1.0837',
      seen: `status ${status}, ${body}`,
      look: 'what rate() returns',
    })
  },
})

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 192.0.2.7:443'), { code: 'ECONNREFUSED' })
}
