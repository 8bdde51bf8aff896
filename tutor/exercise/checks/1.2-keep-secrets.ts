import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/1-logging/solutions/1.2-keep-secrets.ts')

const card = { number: '4000001234564242', holder: 'Ada Lovelace', expires: '11/29' }
const payment = { id: 'pay_7', amount: 4900, currency: 'EUR', card, receipt_to: 'ada@example.org' }
const SECRETS = [card.number, card.holder, card.expires, payment.receipt_to]

export default defineExercise<Module>({
  hints: [
    'Build a new object for the log, from the fields that you want. Do not take fields away from the one you got.',
    'The last four digits: card.number.slice(-4).',
    'log.info({ payment: { id: payment.id, amount: …, currency: …, card_last4: … } }, …)',
  ],
  async check({ logPayment }, claim) {
    const server = await servePhase(1)
    const lineOf = async (what: typeof payment) => {
      const before = (await server.log()).length
      logPayment(server.app.log, what)
      return (await server.log())[before]
    }

    const line = await lineOf(payment)
    const text = JSON.stringify(line) ?? 'nothing'
    const logged = line?.payment as Record<string, unknown> | undefined
    claim(
      'the line says which payment it was, and how much',
      logged?.id === 'pay_7' && logged.amount === 4900 && logged.currency === 'EUR',
      {
        expected: 'a line with payment: { id: "pay_7", amount: 4900, currency: "EUR", … }',
        seen: text,
        look: 'the first argument of log.info: its members become members of the line',
      },
    )
    const leaked = SECRETS.filter((secret) => text.includes(secret))
    claim('the card and the customer stay out of the log', leaked.length === 0, {
      expected: 'neither the number of the card, nor its holder, nor when it expires, nor an address',
      seen: `in the log: ${leaked.join(', ')}`,
      look: 'which fields of the payment you hand to the logger',
    })
    claim('the last four digits of the card are there', logged?.card_last4 === '4242', {
      expected: 'payment.card_last4: "4242"',
      seen: text,
      look: 'card.number, of which the last four characters are wanted',
    })

    const newer = { ...payment, iban: 'DE02120300000000202051', card: { ...card, pin: '0815' } }
    const surprise = JSON.stringify(await lineOf(newer))
    claim('fields that the provider adds one day stay out as well', !/DE0212|0815/.test(surprise), {
      expected: 'nothing of an iban and a pin that nobody told you about',
      seen: surprise,
      look: 'a list of what may be logged; a list of what may not is never complete',
    })
  },
})
