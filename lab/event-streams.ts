import type { ServerResponse } from 'node:http'
import type { Collector } from './collector.ts'
import { logLine } from './log-line.ts'
import { summaryOf } from './trace-summary.ts'
import type { Events, State } from './wire.ts'

const BATCH_MS = 200
const HEARTBEAT_MS = 5000
const STATE_CHECK_MS = 1000

/** Maximum lines of a batch; more are unreadable. */
const LINES = 200
const TRACES = 50

/** Buffer of a reader, in bytes. Slower readers are disconnected. */
const MAX_WAITING = 1024 * 1024

export const MAX_STREAMS = 16

/** Position of a reader. */
interface Cursor {
  readonly line: number
  readonly trace: number
  /** Time of a sample. */
  readonly sample: number
}

/**
 * The live part: Server-Sent Events, in batches, the same text for all readers.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStreams {
  readonly #instance: string
  readonly #collector: Collector
  readonly #state: () => State
  readonly #streams = new Set<ServerResponse>()
  readonly #report: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #reached: Cursor
  #sentState = ''
  #stateCheckedAt = 0
  #beatAt = 0
  #isClosed = false

  constructor(instance: string, collector: Collector, state: () => State, report: (error: unknown) => void) {
    this.#report = report
    this.#instance = instance
    this.#collector = collector
    this.#state = state
    this.#reached = this.#now()
  }

  /** The cursor of a stream that starts now. */
  get cursor(): string {
    return this.#asText(this.#now())
  }

  /** Whether the server is closing: a stream on a connection that is still open would keep it from that. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  get isFull(): boolean {
    return this.#streams.size >= MAX_STREAMS
  }

  /**
   * @param stream a response whose headers have been written
   * @param cursor of the last event received; a missing one, or one of another instance, starts now
   */
  open(stream: ServerResponse, cursor: string | undefined): void {
    if (this.#streams.size === 0) this.#begin()
    const missed = this.#parse(cursor)
    const events = missed === undefined ? [] : this.#between(missed, this.#reached)
    stream.write([this.#event('state', this.#state()), ...events].join(''))
    this.#streams.add(stream)
    stream.once('close', () => this.#leave(stream))
  }

  /** Ends all streams; those with unsent data are destroyed. */
  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    for (const stream of this.#streams) {
      if (stream.writableLength === 0) stream.end()
      else stream.destroy()
    }
    this.#streams.clear() // a pending batch must not be written to an ended stream
  }

  #begin(): void {
    this.#collector.watched = true
    this.#reached = this.#now()
    this.#timer = setInterval(() => void this.#tick().catch(this.#report), BATCH_MS).unref()
  }

  #leave(stream: ServerResponse): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    this.#collector.watched = false
    clearInterval(this.#timer)
  }

  async #tick(): Promise<void> {
    await this.#collector.collect()
    const before = this.#reached
    this.#reached = this.#now()
    const events = [...this.#changedState(), ...this.#between(before, this.#reached), ...this.#heartbeat()].join('')
    if (events === '') return
    for (const stream of this.#streams) this.#send(stream, events)
  }

  /** A disconnected slow reader may reconnect with its last cursor. */
  #send(stream: ServerResponse, events: string): void {
    if (stream.writableLength > MAX_WAITING) stream.destroy()
    else stream.write(events)
  }

  #now(): Cursor {
    const { log, traces, history } = this.#collector
    return { line: log.end, trace: traces.version, sample: history?.last?.time ?? 0 }
  }

  /** Everything after `from`, as events. All have the cursor `to`, because readers resume after a whole batch. */
  #between(from: Cursor, to: Cursor): string[] {
    const { log, traces, history } = this.#collector
    const events: string[] = []
    if (to.line > from.line) {
      const { lines, gap } = log.read(from.line, LINES)
      events.push(this.#event('log', { lines: lines.map(logLine), gap }, { ...from, line: to.line }))
    }
    if (to.trace > from.trace) {
      const changed = traces.changedSince(from.trace)
      const shown = changed.slice(-TRACES).map(summaryOf)
      const position = { ...to, sample: from.sample }
      events.push(this.#event('trace', { traces: shown, skipped: changed.length - shown.length }, position))
    }
    if (history !== undefined && to.sample > from.sample) {
      const { samples, exemplars } = history.since(from.sample)
      samples.forEach((sample, index) => {
        const since = samples[index - 1]?.time ?? from.sample
        const own = exemplars.filter(({ time }) => time > since && time <= sample.time)
        events.push(this.#event('metrics', { sample, exemplars: own }, { ...to, sample: sample.time }))
      })
    }
    return events
  }

  #changedState(): string[] {
    if (performance.now() - this.#stateCheckedAt < STATE_CHECK_MS) return []
    this.#stateCheckedAt = performance.now()
    const state = this.#state()
    const comparable = JSON.stringify({ ...state, time: 0, cursor: '' })
    if (comparable === this.#sentState) return []
    this.#sentState = comparable
    return [this.#event('state', state)]
  }

  #heartbeat(): string[] {
    if (performance.now() - this.#beatAt < HEARTBEAT_MS) return []
    this.#beatAt = performance.now()
    return [this.#event('heartbeat', { time: Date.now() })]
  }

  #event<Name extends keyof Events>(name: Name, data: Events[Name], cursor: Cursor = this.#reached): string {
    return `event: ${name}\nid: ${this.#asText(cursor)}\ndata: ${JSON.stringify(data)}\n\n`
  }

  #asText({ line, trace, sample }: Cursor): string {
    return `${this.#instance}.${line}.${trace}.${sample}`
  }

  #parse(cursor = ''): Cursor | undefined {
    const [instance, ...positions] = cursor.split('.')
    const [line = Number.NaN, trace = Number.NaN, sample = Number.NaN] = positions.map(Number)
    if (instance !== this.#instance || ![line, trace, sample].every(Number.isFinite)) return undefined
    return { line, trace, sample }
  }
}
