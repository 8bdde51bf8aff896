import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { clock } from './question.ts'

/** Scrape interval. */
const INTERVAL_MS = 5000

/**
 * Scrapes the metrics every 5 seconds until the signal aborts, and writes each answer to a file named after the time in
 * UTC, such as `17:15:30.txt`. So `grep` shows the history of a metric.
 *
 * @param keep is given each answer, undefined for a failed scrape, and its time in milliseconds since 1970
 */
export async function scrapeInto(
  folder: string,
  url: string,
  keep: (text: string | undefined, time: number) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const time = Date.now()
    const { text, failure } = await scrape(url, signal)
    if (signal.aborted) return
    // As in Prometheus, a failed scrape is a gap; the next one may succeed.
    await writeFile(join(folder, `${clock(new Date(time))}.txt`), text ?? `# this scrape failed: ${failure}\n`)
    keep(text, time)
    await pause(signal)
  }
}

async function scrape(url: string, signal: AbortSignal): Promise<{ text?: string; failure?: string }> {
  try {
    const response = await fetch(`${url}/metrics`, { signal })
    return { text: await response.text() }
  } catch (error) {
    return { failure: (error as Error).message }
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await delay(INTERVAL_MS, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error
  })
}
