import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { consoleBlocks } from './console-block.ts'
import { startDocumentRun } from './document-run.ts'
import { root } from './documents.ts'

/** Follows a document from its first block ```console to its last, and compares what is printed with what it says. */
export async function follow(t: Test, document: string): Promise<void> {
  const blocks = consoleBlocks(readFileSync(join(root, document), 'utf8'))
  const run = await startDocumentRun(root, t)
  for (const { steps, notRun } of blocks) {
    if (notRun !== undefined) continue
    for (const step of steps) {
      const { ok, printed } = await run.follow(step)
      t.ok(ok, `${document}:${step.line} ${step.command ?? "the server's terminal"}`, { said: step.output, printed })
    }
  }
}
