import { randomBytes, randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/1-logging/solutions/1.2-keep-secrets.ts')
type Payment = Parameters<Module['logPayment']>[1]

export default defineExercise<Module>({
  hints: [
    'Build a new object for the log from the fields that you want. Do not take fields away from the payment.',
    'The last four digits: card.number.slice(-4).',
    'log.info({ payment: { id: payment.id, amount: …, currency: …, card_last4: … } }, …)',
  ],
  async check({ logPayment }, claim) {
    const server = await servePhase(1)
    let changed: Payment | undefined
    /** The log lines of a payment, without the time. */
    const linesOf = async (payment: Payment) => {
      const before = (await server.log()).length
      const given = structuredClone(payment)
      logPayment(server.app.log, given)
      if (!isDeepStrictEqual(given, payment)) changed = given
      return (await server.log()).slice(before).map(({ time, ...line }) => line)
    }
    const payments = [16, 15, 19].map((length) => newPayment({ length }))
    const logged: { payment: Payment; lines: readonly object[]; fields: Record<string, unknown> }[] = []
    for (const payment of payments) {
      const lines = await linesOf(payment)
      logged.push({ payment, lines, fields: (lines[0]?.payment ?? {}) as Record<string, unknown> })
    }

    const unclear = logged.find(
      ({ payment: { id, amount, currency }, fields }) =>
        fields.id !== id || fields.amount !== amount || fields.currency !== currency,
    )
    claim('the line says which payment it was, and how much', unclear === undefined, {
      expected: 'a line whose member payment holds the id, the amount and the currency of the payment',
      seen: asText(unclear?.lines),
      look: 'the first argument of log.info: its members become members of the line',
    })
    const several = logged.find(({ lines }) => lines.length !== 1)
    claim('it is the only line about the payment', several === undefined, {
      expected: 'one line for each payment, at whatever level',
      seen: asText(several?.lines),
      look: 'how often your part logs',
    })

    const payment = newPayment()
    const twin = { ...newPayment({ lastFour: payment.card.number.slice(-4) }), ...visibleOf(payment) }
    const lines = await linesOf(payment)
    const text = asText(lines)
    const leaked = Object.entries(secretsOf(payment)).flatMap(([name, secret]) => (text.includes(secret) ? name : []))
    const twinText = asText(await linesOf(twin))
    claim('the card and the customer stay out of the log', leaked.length === 0 && text === twinText, {
      expected: 'the same line for two payments that have nothing in common but what may be logged',
      seen: leaked.length > 0 ? `in the log: ${leaked.join(', ')}` : `${text} and ${twinText}`,
      look: 'whatever is made of a secret field: a part of it, its length and its hash tell something, too',
    })

    const wrong = logged.filter(({ payment: { card }, fields }) => fields.card_last4 !== card.number.slice(-4))
    claim('the last four digits of the card are there', wrong.length === 0, {
      expected: 'payment.card_last4, a text of four digits, also for card numbers of 15 and 19 digits',
      seen: wrong
        .map(({ payment, fields }) => `${payment.card.number}: ${JSON.stringify(fields.card_last4) ?? 'none'}`)
        .join(', '),
      look: 'card.number, and from which end you count',
    })

    const surprise = asText(await linesOf(withUnknownFields(payment)))
    claim('fields that the provider adds one day stay out as well', surprise === text, {
      expected: 'the same line whatever else the payment and its card hold',
      seen: surprise,
      look: 'a list of what may be logged; a list of what may not is never complete',
    })
    const names = Object.keys((lines[0]?.payment ?? {}) as object)
    claim('and nothing else is there', names.length === 4, {
      expected: 'four members of payment, the ones that the task names',
      seen: names.join(', '),
      look: 'the object that you hand to the logger: a field that is blanked out is still a field',
    })
    claim('the payment is as it was before', changed === undefined, {
      expected: 'no change to the payment, which the service goes on to use',
      seen: `after the call: ${JSON.stringify(changed)}`,
      look: 'what your part deletes or assigns',
    })
  },
})

/** A payment with random content; `lastFour` ends the card's number. */
function newPayment({ length = 16, lastFour = digits(4) } = {}): Payment {
  return {
    id: `pay_${word()}`,
    amount: randomInt(1000, 9999),
    currency: ['EUR', 'USD', 'JPY'][randomInt(3)] as string,
    card: {
      number: digits(length - 4) + lastFour,
      holder: `${word()} ${word()}`,
      expires: `${randomInt(10, 13)}/${randomInt(30, 60)}`,
    },
    receipt_to: `${word()}@example.org`,
  }
}

function visibleOf({ id, amount, currency }: Payment) {
  return { id, amount, currency }
}

function secretsOf({ card, receipt_to }: Payment): Record<string, string> {
  return { 'card.number': card.number, 'card.holder': card.holder, 'card.expires': card.expires, receipt_to }
}

/** Adds fields with random names, which no denylist can contain. */
function withUnknownFields(payment: Payment): Payment {
  const unknown = () => ({ [word()]: word(), [word()]: digits(12), [word()]: { [word()]: [word()] } })
  return { ...payment, ...unknown(), card: { ...payment.card, ...unknown() } }
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}

function word(): string {
  return randomBytes(5)
    .toString('hex')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] as string)
}

function asText(lines: readonly object[] = []): string {
  return lines.map((line) => JSON.stringify(line)).join(' and ') || 'no line'
}
