/**
 * `npm run docs`: mends what can be mended by itself in the README and the lessons: the line numbers of links to code,
 * and what commands print. What has to stay as it is keeps its ids and times; look at the diff.
 * Usage: node dist/test/docs/mend.js [document …]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Teardowns } from '../../tutor/check/teardowns.ts'
import { mendCodeLinks } from './code-links.ts'
import { consoleBlocks, linesOf, type Step } from './console-block.ts'
import { startDocumentRun } from './document-run.ts'
import { lessons, README_BEGINS, root } from './documents.ts'

const given = process.argv.slice(2)
for (const document of given.length > 0 ? given : ['README.md', ...lessons]) await mend(join(root, document))

async function mend(path: string): Promise<void> {
  const markdown = readFileSync(path, 'utf8')
  const scope = new Teardowns()
  const mended = await withRealOutput(path, markdown, scope).finally(() => scope.run())
  writeFileSync(path, mendCodeLinks(mended, path))
}

async function withRealOutput(path: string, markdown: string, scope: Teardowns): Promise<string> {
  const run = await startDocumentRun(root, scope)
  if (path === join(root, 'README.md')) await run.follow(README_BEGINS)
  const lines = markdown.split('\n')
  const replaced: { from: number; to: number; by: string[] }[] = []
  for (const { steps, notRun, from, to } of consoleBlocks(markdown)) {
    if (notRun !== undefined) continue
    const real: Step[] = []
    for (const step of steps) {
      const { ok, printed } = await run.follow(step)
      if (!ok) console.log(`line ${step.line}: ${step.command ?? "the server's terminal"}`)
      real.push(ok ? step : { ...step, output: printed })
    }
    replaced.push({ from, to, by: linesOf(real) })
  }
  for (const { from, to, by } of replaced.reverse()) lines.splice(from, to - from, ...by)
  return lines.join('\n')
}
