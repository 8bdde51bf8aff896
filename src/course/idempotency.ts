import { createHash } from 'node:crypto'
import { DomainError } from '../platform/domain-error.ts'

/**
 * Makes a command safe to send again: the same key and the same command give the same answer, and the
 * command is carried out once.
 */
export interface Idempotency {
  /** 1 to 255 visible ASCII characters that the caller has chosen, and uses for nothing else. */
  readonly key: string
  /** Called before the command ends, if its answer is that of an earlier one. */
  readonly onReplay?: () => void
}

/** How long a key is remembered. */
export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000

/** The key belongs to another command. Over HTTP it has a status of its own, 422. */
export class IdempotencyKeyReused extends DomainError {
  constructor() {
    super('invalid', 'The idempotency key was used for another request. Use a new one for each request.')
  }
}

/**
 * The same for the same command and arguments, in whatever order the fields of these are.
 *
 * @param command a constant of the code
 */
export function fingerprintOf(command: string, argument: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([command, argument], inOrder))
    .digest('base64url')
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
