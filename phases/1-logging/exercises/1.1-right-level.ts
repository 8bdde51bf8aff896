/**
 * Exercise 1.1: The right level
 *
 * The payment client logs everything at `info`. Whoever reads the log drowns in attempts, and nobody was woken
 * when payments failed all night. Give each event its level:
 *
 * - `debug` is for somebody who searches for a mistake. It is off in production.
 * - `info` is the diary of the business: what it did, one line for each.
 * - `warn` says that something went wrong, and the service coped with it.
 * - `error` says that something went wrong and somebody has to act.
 *
 * A customer whose card has no money on it is no trouble of ours: the service did what it should.
 *
 * Where to look: `levelOf` in phases/2-request-logging/request-log.ts makes such a choice for requests.
 */
import type { FastifyBaseLogger } from 'fastify'

export type PaymentEvent =
  /** Before each attempt; a payment may take several. */
  | 'attempt started'
  /** The money is ours. */
  | 'paid'
  /** The bank says that this card cannot pay. */
  | 'declined'
  /** The bank could not be reached; another attempt follows. */
  | 'attempt failed'
  /** The bank could not be reached at all; the customer could not pay. */
  | 'given up'

type Level = 'debug' | 'info' | 'warn' | 'error'

const LEVELS: Record<PaymentEvent, Level> = {
  // Exercise 1.1: your part begins
  'attempt started': 'info',
  paid: 'info',
  declined: 'info',
  'attempt failed': 'info',
  'given up': 'info',
  // Exercise 1.1: your part ends
}

export function logPayment(log: FastifyBaseLogger, event: PaymentEvent, booking_id: string): void {
  log[LEVELS[event]]({ booking_id }, `payment: ${event}`)
}
