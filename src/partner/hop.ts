import { Type } from 'typebox'

const Received = Type.Union([Type.String(), Type.Null()])

/** What one service received of the caller's context. `null`: nothing came. */
export const Hop = Type.Object({
  service: Type.String(),
  protocol: Type.Enum(['http', 'grpc']),
  traceparent: Received,
  baggage: Received,
})
