/**
 * Exercise 1.2: Keep secrets out of the log
 *
 * The payment provider notifies us of each payment, and we log the whole notification: with the card's number and
 * the customer's address. Logs are copied to many places and kept for a long time, so that is a leak.
 *
 * Write one line for each payment, with an object `payment` that holds `id`, `amount`, `currency` and `card_last4`,
 * and nothing else. `card_last4` is the last four digits of the card, which the support team asks for. The provider
 * adds fields without notice, and those must stay out of the log as well. So name what may be logged, not what may not.
 *
 * Where to look: `serializeError` in phases/1-logging/logger.ts passes on the fields that it names, and no others.
 */
import type { FastifyBaseLogger } from 'fastify'

/** The notification, as far as we know. Amounts are in minor units: 4900 is 49.00. */
export interface Payment {
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly card: { readonly number: string; readonly holder: string; readonly expires: string }
  readonly receipt_to: string
}

export function logPayment(log: FastifyBaseLogger, payment: Payment): void {
  // Exercise 1.2: your part begins
  log.info({ payment }, 'payment received')
  // Exercise 1.2: your part ends
}
