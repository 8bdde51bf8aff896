/**
 * Exercise 1.2: Keep secrets out of the log
 *
 * The payment provider tells us of each payment, and we log what it tells: with the card's number and the
 * customer's address. Logs are copied to many places and kept for long, so that is a leak.
 *
 * Log an object `payment` with `id`, `amount`, `currency` and `card_last4`, the last four digits of the card,
 * which the support team asks for, and nothing else. The provider adds fields without telling us: what you have
 * never heard of must not get into the log either. So name what may be logged, not what may not.
 *
 * Where to look: `serializeError` in phases/1-logging/logger.ts lets through what it names, and no more.
 */
import type { FastifyBaseLogger } from 'fastify'

/** What the provider sends, as far as we know. Amounts are in minor units: 4900 is 49.00. */
export interface Payment {
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly card: { readonly number: string; readonly holder: string; readonly expires: string }
  readonly receipt_to: string
}

export function logPayment(log: FastifyBaseLogger, payment: Payment): void {
  // Exercise 1.2: your part begins
  const { id, amount, currency, card } = payment
  log.info({ payment: { id, amount, currency, card_last4: card.number.slice(-4) } }, 'payment received')
  // Exercise 1.2: your part ends
}
