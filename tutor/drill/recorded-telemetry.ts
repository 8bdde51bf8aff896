import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LineStore } from '../../query/lines/line-store.ts'
import { readLines } from '../../query/lines/read-lines.ts'
import { Labels } from '../../query/series/labels.ts'
import { SeriesStore } from '../../query/series/store.ts'
import { LokiApi } from '../../query/server/loki-api.ts'
import { PrometheusApi } from '../../query/server/prometheus-api.ts'
import { type LogLine, parseLogLines } from '../../testkit/log-file.ts'
import { parseMetrics } from '../../testkit/openmetrics.ts'
import type { Reply, TelemetryServer } from '../ask/telemetry-server.ts'

const LOG_FILES = ['app.log', 'partner.log'] as const

/** The drill's scrapes and logs, which can be queried as in Prometheus and Loki. */
export class RecordedTelemetry implements TelemetryServer {
  readonly #series = new SeriesStore()
  readonly #logs: string
  readonly #target: Readonly<Record<string, string>>
  #shown = new Map<string, Labels>()

  /**
   * @param logs the folder of the log files
   * @param url of the app
   */
  constructor(logs: string, url: string) {
    this.#logs = logs
    this.#target = { job: 'course-app', instance: new URL(url).host }
  }

  /**
   * Keeps a scrape as Prometheus does.
   *
   * @param text the answer of `/metrics`; undefined when there was none
   * @param time milliseconds since 1970
   */
  addScrape(text: string | undefined, time: number): void {
    const families = text === undefined ? [] : [...parseMetrics(text, 'prometheus').families.values()]
    const shown = new Map<string, Labels>()
    for (const { name, type, help = '', samples } of families) {
      this.#series.describe(name, { type, help, unit: '' })
      for (const sample of samples) {
        const labels = Labels.of({ ...sample.labels, ...this.#target, __name__: sample.name })
        shown.set(labels.key, labels)
        this.#series.append(labels, time, sample.value)
      }
    }
    for (const [key, labels] of this.#shown) if (!shown.has(key)) this.#series.markEnded(labels, time)
    this.#shown = shown
    this.#series.append(Labels.of({ __name__: 'up', ...this.#target }), time, text === undefined ? 0 : 1)
    this.#series.append(Labels.of({ __name__: 'scrape_samples_scraped', ...this.#target }), time, shown.size)
  }

  async send(...[language, path, parameters]: Parameters<TelemetryServer['send']>): Promise<Reply> {
    const api = language === 'metrics' ? new PrometheusApi(this.#series) : new LokiApi(this.#lineStore())
    return api.answer(path, parameters) ?? { status: 404, body: `there is nothing at ${path}` }
  }

  /** All lines so far. */
  lines(): LogLine[] {
    return this.#texts().flatMap(parseLogLines)
  }

  #lineStore(): LineStore {
    return readLines(this.#texts().join(''))
  }

  /** Without a last line that is still being written. */
  #texts(): string[] {
    return LOG_FILES.map((name) => {
      const text = readFileSync(join(this.#logs, name), 'utf8')
      return text.slice(0, text.lastIndexOf('\n') + 1)
    })
  }
}
