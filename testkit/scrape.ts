import { type Exposition, formatOf, parseMetrics } from './openmetrics.ts'

/** Asks for metrics as Prometheus does, and parses them strictly in whichever format came. */
export async function scrape(url: string, accept = 'text/plain'): Promise<Exposition> {
  const response = await fetch(url, { headers: { accept } })
  return parseMetrics(await response.text(), formatOf(response.headers.get('content-type') ?? undefined))
}

/** The `Accept` of a Prometheus that wants exemplars. */
export const OPENMETRICS = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2'
