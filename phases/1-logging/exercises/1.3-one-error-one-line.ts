/**
 * Exercise 1.3: One error, one line
 *
 * The exchange rate is unavailable: the bank's server is down. The log has two error lines for one failure, so alerts
 * count double. And the line of the request says only "the exchange rate is not known", not why.
 *
 * Log an error once, where it is handled: here by the plugin `error-log`, for every request that fails. On the way up,
 * each layer may say what it was trying to do, in an error of its own. It passes the reason on as the `cause` of that
 * error, and the logger prints the whole chain.
 *
 * Where to look: https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Error/cause, and
 * phases/1-logging/error-log.ts, which writes the one line.
 */
import fastifyPlugin from 'fastify-plugin'

export interface ExchangeRateOptions {
  /** Asks the bank for the exchange rate. */
  readonly askBank: () => Promise<number>
}

export const exchangeRate = fastifyPlugin<ExchangeRateOptions>(
  async (app, { askBank }) => {
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
