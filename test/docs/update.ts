/**
 * `npm run docs`: updates the README and the lessons: line numbers of links to code, lists of exercises and printed
 * output. Output that still matches keeps its ids and times. Review the diff.
 * Usage: node dist/test/docs/update.js [document …]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Teardowns } from '../../tutor/check/teardowns.ts'
import { consoleBlocks, linesOf, type Step } from '../../tutor/learn/console-block.ts'
import { updateCodeLinks } from './code-links.ts'
import { startDocumentRun } from './document-run.ts'
import { lessons, README_BEGINS, root } from './documents.ts'
import { updateExerciseList } from './exercise-list.ts'

const given = process.argv.slice(2)
for (const document of given.length > 0 ? given : ['README.md', ...lessons]) await update(document)

async function update(document: string): Promise<void> {
  const path = join(root, document)
  const markdown = readFileSync(path, 'utf8')
  const scope = new Teardowns()
  const updated = await withRealOutput(path, markdown, scope).finally(() => scope.run())
  writeFileSync(path, updateExerciseList(updateCodeLinks(updated, path), document))
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
