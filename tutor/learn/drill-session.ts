import type { ChildProcess } from 'node:child_process'
import type { DrillEntry, DrillEvent, DrillStatus } from '../../lab/drill-wire.ts'
import type { Incident } from '../drill/incident.ts'
import type { PageMessage, TypedLine } from '../drill/page-console.ts'
import { endChild, failureOf, forkModule } from './child-process.ts'

/** A drill that was forgotten ends after this time. */
const DRILL_MS = 45 * 60_000

/** For the last answers to arrive and the app to stop, in milliseconds. */
const PATIENCE_MS = 25_000

/** The oldest entries of the dialogue are dropped. */
const MAX_ENTRIES = 500

type Reader = (event: DrillEvent) => void

export interface DrillOptions {
  /** Seconds of healthy traffic. */
  readonly calm: number
  readonly seed?: number
}

/** The drill of the page: one at a time, in a process of its own. Its last state stays until the next one starts. */
export class DrillSession {
  #child: ChildProcess | undefined
  #status: DrillStatus | null = null
  #entries: DrillEntry[] = []
  readonly #readers = new Set<Reader>()

  /** The id of the incident that runs. */
  get running(): string | null {
    return this.#child === undefined ? null : (this.#status?.incident ?? null)
  }

  /** Call it only when none is running. */
  start({ id, title }: Incident<unknown>, { calm, seed }: DrillOptions): void {
    const seeded = seed === undefined ? [] : ['--seed', String(seed)]
    const args = [id, '--calm', String(calm), '--port', '0', '--grpc-port', '0', ...seeded]
    const child = forkModule(new URL('../drill/page-process.js', import.meta.url), args)
    this.#child = child
    this.#status = { incident: id, title, stage: 'starting' }
    this.#entries = []
    this.#tellAll()
    child.on('message', (message: PageMessage) => {
      if ('text' in message) this.#add({ by: 'drill', text: message.text })
      else this.#show(message.news)
    })
    const timer = setTimeout(() => void this.stop(), DRILL_MS)
    void failureOf(child).then((failure) => {
      clearTimeout(timer)
      this.#child = undefined
      this.#show({ stage: 'ended', ...(failure === undefined ? {} : { failure }) })
    })
  }

  /** Types a line into the drill. */
  say(line: string): void {
    this.#add({ by: 'you', text: line })
    this.#child?.send({ line } satisfies TypedLine)
  }

  /** Ends the drill with its app. */
  async stop(patience = PATIENCE_MS): Promise<void> {
    if (this.#child !== undefined) await endChild(this.#child, patience)
  }

  /**
   * @param read is called with all there is now, and with what is new from then on
   * @returns ends it for this reader
   */
  follow(read: Reader): () => void {
    this.#readers.add(read)
    read({ status: this.#status, entries: this.#entries, whole: true })
    return () => void this.#readers.delete(read)
  }

  #tellAll(): void {
    this.#tell({ status: this.#status, entries: this.#entries, whole: true })
  }

  #show(news: Partial<DrillStatus>): void {
    if (this.#status === null) return
    this.#status = { ...this.#status, ...news }
    this.#tell({ status: this.#status, entries: [], whole: false })
  }

  #add(entry: DrillEntry): void {
    this.#entries = [...this.#entries, entry].slice(-MAX_ENTRIES)
    this.#tell({ status: this.#status, entries: [entry], whole: false })
  }

  #tell(event: DrillEvent): void {
    for (const read of this.#readers) read(event)
  }
}
