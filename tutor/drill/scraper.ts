import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { clock } from './question.ts'

/** How often metrics are asked for, in milliseconds. */
const EVERY_MS = 5000

/**
 * Does what Prometheus does, with files: asks for the metrics every 5 seconds until the signal says stop, and
 * keeps each answer as `17:15:30.txt`, named after the time in UTC. So `grep` shows how a metric went.
 */
export async function scrapeInto(folder: string, url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const name = `${clock(new Date())}.txt`
    try {
      const response = await fetch(`${url}/metrics`, { signal })
      await writeFile(join(folder, name), await response.text())
      await delay(EVERY_MS, undefined, { signal })
    } catch (error) {
      if (signal.aborted) return
      // Like Prometheus: a scrape that fails is a gap, and the next one may be well.
      await writeFile(join(folder, name), `# this scrape failed: ${(error as Error).message}\n`)
      await delay(EVERY_MS, undefined, { ref: false })
    }
  }
}
