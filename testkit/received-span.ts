/** As in OTLP. Jaeger's protocol supports only the first three and bytes. */
export type AttributeValue =
  | string
  | number
  | boolean
  | Uint8Array
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue }
export type Attributes = Record<string, AttributeValue>

/** A span as a backend has received it, by any protocol. Ids are lower-case hex. */
export interface ReceivedSpan {
  /** `service.name` of the sender. */
  readonly service: string
  /** The sender's resource. Jaeger's exporter sends it as attributes of each span instead. */
  readonly resource: Attributes
  readonly scope: { readonly name: string; readonly version: string }
  readonly traceId: string
  readonly spanId: string
  /** Undefined for a root span. */
  readonly parentSpanId: string | undefined
  /** Jaeger's protocol does not carry it, so it is empty there. */
  readonly traceState: string
  /** Bit 0 means sampled. */
  readonly flags: number
  readonly name: string
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number
  readonly durationMs: number
  readonly attributes: Attributes
  readonly events: readonly ReceivedEvent[]
  readonly links: readonly ReceivedLink[]
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string }
  /** How many of each the sender has dropped. */
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number }
}

export interface ReceivedEvent {
  readonly name: string
  readonly timeMs: number
  readonly attributes: Attributes
}

export interface ReceivedLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}
