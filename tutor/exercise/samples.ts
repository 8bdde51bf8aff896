/** One line of a scrape. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** The labels of its exemplar, if it has one. */
  readonly exemplar: Readonly<Record<string, string>> | undefined
}

/**
 * The lines of one metric in a scrape of prom-client.
 *
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function samplesOf(scrape: string, name: string): Sample[] {
  return scrape.split('\n').flatMap((line) => {
    const [, found, labels = '', value, exemplar] = LINE.exec(line) ?? []
    if (found !== name) return []
    return { labels: labelsIn(labels), value: Number(value), exemplar: exemplar ? labelsIn(exemplar) : undefined }
  })
}

const LABELS = '\\{((?:[^"}]|"(?:[^"\\\\]|\\\\.)*")*)\\}'
const LINE = new RegExp(`^(\\w+)(?:${LABELS})? (\\S+)(?: # ${LABELS}.*)?$`)

function labelsIn(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]))
}
