import { ownAttribute } from './own-attribute.ts'
import type { StoredTrace } from './trace-store.ts'
import type { Calls, ServiceMap, Span } from './wire.ts'

type Protocol = Calls['protocol']
type Node = ServiceMap['nodes'][number]

/** The calls between services in these traces. */
export function serviceMap(traces: readonly StoredTrace[]): ServiceMap {
  const edges = new Map<string, Measured>()
  const entries = new Map<string, Measured>()
  const nodes = new Map<string, Node>()

  for (const { spans } of traces) {
    const byParent = new Map(spans.map((span) => [span.parent_span_id, span]))
    const here = new Set(spans.map(({ span_id }) => span_id))
    for (const span of spans) {
      nodes.set(span.service, { name: span.service, type: 'service' })
      if (span.kind === 'server' && !here.has(span.parent_span_id ?? '')) {
        measure(entries, { from: '', to: span.service, protocol: protocolOf(span) }, span)
      }
      const target = targetOf(span, byParent.get(span.span_id))
      if (target === undefined) continue
      if (!nodes.has(target.name)) nodes.set(target.name, target)
      measure(edges, { from: span.service, to: target.name, protocol: protocolOf(span) }, span)
    }
  }
  return {
    traces: traces.length,
    nodes: [...nodes.values()],
    edges: [...edges.values()].map(callsOf),
    entries: [...entries.values()].map((entry) => ({ ...callsOf(entry), from: null })),
  }
}

interface Measured extends Pick<Calls, 'from' | 'to' | 'protocol'> {
  readonly durations: number[]
  errors: number
}

function measure(all: Map<string, Measured>, edge: Pick<Calls, 'from' | 'to' | 'protocol'>, span: Span): void {
  const key = JSON.stringify(edge)
  const measured = all.get(key) ?? { ...edge, durations: [], errors: 0 }
  measured.durations.push(span.duration)
  if (span.status === 'error') measured.errors++
  all.set(key, measured)
}

function callsOf({ from, to, protocol, durations, errors }: Measured): Calls {
  durations.sort((a, b) => a - b)
  const at = (share: number) => durations[Math.ceil(share * durations.length) - 1] as number
  return { from, to, protocol, calls: durations.length, errors, p50: at(0.5), p95: at(0.95), max: at(1) }
}

/** The callee of a span: a database or cache by name, another service by its server span. */
function targetOf({ kind, attributes }: Span, child: Span | undefined): Node | undefined {
  const system = attributes['db.system.name']
  if (isCache(attributes)) return { name: String(system ?? 'memory'), type: 'cache' }
  if (typeof system === 'string') return { name: system, type: 'database' }
  if (kind !== 'client') return undefined
  if (child?.kind === 'server') return { name: child.service, type: 'service' }
  const address = attributes['server.address'] ?? attributes['rpc.method']
  return { name: String(address ?? 'unknown'), type: 'external' }
}

function isCache(attributes: Span['attributes']): boolean {
  return ownAttribute(attributes, 'cache.operation') !== undefined
}

function protocolOf({ attributes }: Span): Protocol {
  if (isCache(attributes)) return 'cache'
  if (attributes['db.system.name'] !== undefined) return 'sql'
  return attributes['rpc.system.name'] === undefined ? 'http' : 'grpc'
}
