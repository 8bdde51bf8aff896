import { type Exposition, formatOf, parseMetrics } from './openmetrics.ts'

/** Scrapes metrics as Prometheus does, and parses either format strictly. */
export async function scrape(url: string, accept = 'text/plain'): Promise<Exposition> {
  const response = await fetch(url, { headers: { accept } })
  return parseMetrics(await response.text(), formatOf(response.headers.get('content-type') ?? undefined))
}

/** The `Accept` header of a Prometheus with exemplar storage. */
export const OPENMETRICS = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2'
