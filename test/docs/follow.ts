import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { needs } from '../../testkit/installed.ts'
import { consoleBlocks } from '../../tutor/learn/console-block.ts'
import { startDocumentRun } from './document-run.ts'
import { README_BEGINS, root } from './documents.ts'

/** For many commands on a busy machine. */
const TIMEOUT_MS = 240_000

/** Tests that all ```console blocks of a document work and print what it shows. */
export function testThatFollows(document: string): void {
  t.setTimeout(TIMEOUT_MS)
  t.test(
    `${document}: its commands print what it shows`,
    { timeout: TIMEOUT_MS, ...needs('curl', 'script') },
    async (t) => {
      const blocks = consoleBlocks(readFileSync(join(root, document), 'utf8'))
      const run = await startDocumentRun(root, t)
      if (document === 'README.md') t.match(await run.follow(README_BEGINS), { ok: true })
      for (const { steps, notRun } of blocks) {
        if (notRun !== undefined) continue
        for (const step of steps) {
          const { ok, printed } = await run.follow(step)
          const title = `${document}:${step.line} ${step.command ?? "the server's terminal"}`
          t.ok(ok, title, { said: step.output, printed })
        }
      }
    },
  )
}
