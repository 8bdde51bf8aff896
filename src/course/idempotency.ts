import { createHash } from 'node:crypto'

/** Makes a command safe to retry: it is executed once, and every retry with the same key gets the same answer. */
export interface Idempotency {
  /** 1 to 255 visible ASCII characters, chosen by the caller for this command alone. */
  readonly key: string
  /** Called before the command returns the answer to an earlier request. */
  readonly onReplay?: () => void
}

/** How long a key is remembered. */
export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000

/**
 * Equal for the same command and argument; the order of the argument's fields does not matter.
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
