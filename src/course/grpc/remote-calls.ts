import type { CallOptions } from '../../platform/grpc/client.ts'

/** Reads are safe to retry, and a user does not wait longer for a page. */
export const READ: CallOptions = { deadlineMs: 3000, isRepeatable: true }

/** Writes take longer and are worth waiting for; a retry might execute them twice. */
export const WRITE: CallOptions = { deadlineMs: 5000, isRepeatable: false }
