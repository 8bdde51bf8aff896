import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { clock } from './question.ts'

/** Scrape interval. */
const INTERVAL_MS = 5000

/**
 * Scrapes the metrics every 5 seconds until the signal aborts, and writes each answer to a file named after the time in
 * UTC, such as `17:15:30.txt`. So `grep` shows the history of a metric.
 */
export async function scrapeInto(folder: string, url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const name = `${clock(new Date())}.txt`
    try {
      const response = await fetch(`${url}/metrics`, { signal })
      await writeFile(join(folder, name), await response.text())
      await delay(INTERVAL_MS, undefined, { signal })
    } catch (error) {
      if (signal.aborted) return
      // As in Prometheus, a failed scrape is a gap; the next one may succeed.
      await writeFile(join(folder, name), `# this scrape failed: ${(error as Error).message}\n`)
      await delay(INTERVAL_MS, undefined, { ref: false })
    }
  }
}
