/**
 * Exercise 1.1: The right level
 *
 * The payment client logs everything at `info`. Readers of the log drown in attempts, and no alert fired when
 * payments failed all night. Give each event its level:
 *
 * - `debug` is for someone looking for a bug. It is off in production.
 * - `info` records what the service did for the business, one line each.
 * - `warn` says that something went wrong and the service coped.
 * - `error` says that something went wrong and someone has to act.
 *
 * A card without funds is not a fault of the service: it did what it should.
 *
 * Where to look: `levelOf` in phases/2-request-logging/request-log.ts makes such a choice for requests.
 */
import type { FastifyBaseLogger } from 'fastify'

export type PaymentEvent =
  /** Before each attempt; a payment may take several. */
  | 'attempt started'
  /** The bank has confirmed the payment. */
  | 'paid'
  /** The bank refuses this card. */
  | 'declined'
  /** The bank did not answer. Another attempt follows. */
  | 'attempt failed'
  /** The bank did not answer any attempt. The customer could not pay. */
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
