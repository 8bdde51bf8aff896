import { Type } from 'typebox'

const Received = Type.Union([Type.String(), Type.Null()])

/** The context that one service received from its caller. `null`: none. */
export const Hop = Type.Object({
  service: Type.String(),
  protocol: Type.Enum(['http', 'grpc']),
  traceparent: Received,
  baggage: Received,
})
