import type { CallOptions } from '../../platform/grpc/client.ts'

/** Nobody likes to wait longer to see something, and asking again does no harm. */
export const READ: CallOptions = { deadlineMs: 3000, isRepeatable: true }

/** A change has more to do, and its sender has more to lose; sent twice it might be made twice. */
export const WRITE: CallOptions = { deadlineMs: 5000, isRepeatable: false }
