/**
 * Exercise 1.3: One error, one line
 *
 * The exchange rate cannot be had, because the bank's server is away. The log has two error lines for one
 * failure, so alerts count double; and the line of the request says only "the exchange rate is not known",
 * not why.
 *
 * An error is logged once, where it is handled: here by the plugin `error-log`, for every request that fails.
 * On the way up each layer may say what it was about to do, in an error of its own, and hands the reason on as
 * the `cause` of that error. The logger prints the whole chain.
 *
 * Where to look: https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Error/cause, and
 * phases/1-logging/error-log.ts, which writes the one line.
 */
import fastifyPlugin from 'fastify-plugin'

export const exchangeRate = fastifyPlugin(
  async (app) => {
    async function rate(): Promise<number> {
      // Exercise 1.3: your part begins
      try {
        return await askBank()
      } catch (error) {
        app.log.error({ err: error }, 'the bank does not answer')
        throw new Error('the exchange rate is not known')
      }
      // Exercise 1.3: your part ends
    }

    app.get('/rate', async () => ({ rate: await rate() }))
  },
  { name: 'exchange-rate', dependencies: ['error-log'] },
)

async function askBank(): Promise<number> {
  throw new Error('connect ECONNREFUSED 192.0.2.7:443')
}
