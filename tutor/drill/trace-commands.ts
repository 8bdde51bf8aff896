import { describeSpan, type Row, rowsOf, waterfall } from '../waterfall.ts'
import type { Trace, TraceStore } from './trace-store.ts'

/** Maximum number of traces in a list. */
const MAX_LISTED = 12

/** `traces`, `trace` and `span`, in place of Jaeger's page. */
export class TraceCommands {
  readonly #store: TraceStore
  #listed: readonly Trace[] = []
  #rows: readonly Row[] = []

  constructor(store: TraceStore) {
    this.#store = store
  }

  /** @returns the output of the command; undefined when it is another command */
  run(line: string): string | undefined {
    const [command, ...words] = line.split(/\s+/)
    switch (command) {
      case 'traces':
        return this.#list(words)
      case 'trace':
        return words.length > 1 ? undefined : this.#show(words[0]) // `trace 1 shows that …` is an answer
      case 'span':
        return this.#describe(words[0])
      default:
        return undefined
    }
  }

  /** The trace of that number in the list that was shown last. */
  listed(number: number): Trace | undefined {
    return this.#listed[number - 1]
  }

  #list(words: readonly string[]): string {
    const [order = 'newest'] = words.filter((word) => word in ORDERS)
    const wanted = words.filter((word) => !(word in ORDERS)).join(' ')
    const { choose, sort } = ORDERS[order as keyof typeof ORDERS]
    const chosen = this.#store.all().filter(choose)
    const exact = chosen.filter(({ root }) => root.name === wanted)
    const found = exact.length > 0 ? exact : chosen.filter(({ root }) => root.name.includes(wanted))
    this.#listed = found.toSorted(sort).slice(0, MAX_LISTED)
    if (this.#listed.length === 0) return `No such trace among ${this.#store.all().length}.`
    return [
      '  #  began           took    spans  first span',
      ...this.#listed.map(({ root, spans, failed }, index) =>
        [
          String(index + 1).padStart(3),
          new Date(root.startMs).toISOString().slice(11, 23),
          `${root.durationMs.toFixed(1)} ms`.padStart(10),
          String(spans.length).padStart(6),
          ` ${root.name} [${root.service}]${failed ? ' ERROR' : ''}`,
        ].join(' '),
      ),
      `${found.length} traces${wanted && ` of ${wanted}`}; trace <#> shows one of these, trace <id> any.`,
    ].join('\n')
  }

  #show(which: string | undefined): string {
    if (which === undefined) return 'Which one? trace <#> after traces, or trace <id>, the trace_id of a log line.'
    const listed = /^\d{1,2}$/.test(which) ? this.#listed[Number(which) - 1] : undefined
    const found = listed ? this.#store.find(listed.traceId) : this.#store.find(which)
    const [trace, other] = found
    if (trace === undefined) return `There is no trace ${which}. Spans arrive about half a second after the request.`
    if (other !== undefined) return `${found.length} traces begin with ${which}.`
    this.#rows = rowsOf(trace.spans)
    const services = [...new Set(trace.spans.map(({ service }) => service))].sort()
    const began = new Date(Math.min(...trace.spans.map(({ startMs }) => startMs))).toISOString().slice(11, 23)
    return [
      `trace ${trace.traceId}, began at ${began}Z, ${trace.spans.length} spans in ${services.join(', ')}`,
      '',
      '  #     begins      takes  span',
      waterfall(this.#rows, { numbered: true }),
      '',
      'span <#> shows all that is known of a line.',
    ].join('\n')
  }

  #describe(which: string | undefined): string {
    if (this.#rows.length === 0) return 'First show a trace, then span <#> for one of its lines.'
    const row = this.#rows[Number(which) - 1]
    return row ? describeSpan(row.spans[0]) : `The trace has the lines 1 to ${this.#rows.length}.`
  }
}

const newest = (a: Trace, b: Trace) => b.root.startMs - a.root.startMs

const ORDERS = {
  newest: { choose: () => true, sort: newest },
  oldest: { choose: () => true, sort: (a: Trace, b: Trace) => -newest(a, b) },
  slowest: { choose: () => true, sort: (a: Trace, b: Trace) => b.root.durationMs - a.root.durationMs },
  largest: { choose: () => true, sort: (a: Trace, b: Trace) => b.spans.length - a.spans.length },
  failed: { choose: ({ failed }: Trace) => failed, sort: newest },
}
