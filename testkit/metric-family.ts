/** The parts of metrics in the text format 0.0.4 of Prometheus and in OpenMetrics 1.0. */
export type Format = 'prometheus' | 'openmetrics'
export type Labels = Readonly<Record<string, string>>

export interface Exemplar {
  readonly labels: Labels
  readonly value: number
  /** Seconds since 1970. */
  readonly timestamp: number | undefined
}

export interface Sample {
  /** With its suffix: `http_server_request_duration_seconds_bucket`. */
  readonly name: string
  readonly labels: Labels
  readonly value: number
  /** Seconds since 1970. */
  readonly timestamp: number | undefined
  readonly exemplar: Exemplar | undefined
}

export interface Family {
  /** In OpenMetrics, a counter's family lacks the suffix `_total` that its samples have. */
  readonly name: string
  type: string
  help: string | undefined
  unit: string | undefined
  readonly samples: Sample[]
}

/** Allowed suffixes of samples, by the type of the family. */
const suffixes: Record<Format, Record<string, readonly string[]>> = {
  prometheus: { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] },
  openmetrics: {
    counter: ['_total', '_created'],
    histogram: ['_bucket', '_sum', '_count', '_created'],
    gaugehistogram: ['_bucket', '_gsum', '_gcount'],
    summary: ['', '_sum', '_count', '_created'],
    info: ['_info'],
  },
}

/** The suffixes of a family's samples. */
export function endingsOf(family: Family, format: Format): readonly string[] {
  return suffixes[format][family.type] ?? ['']
}

/**
 * Parses a number of the formats.
 *
 * @throws for anything else, `1,5` for example.
 */
export function toNumber(written: string): number {
  if (/^[+-]?inf(inity)?$/i.test(written)) return written.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(written)) return Number.NaN
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written)) throw new Error(`${written} is not a number`)
  return Number(written)
}
