import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { type Entry, root, textIn } from './catalogue.ts'
import { handedOut } from './handed-out.ts'

/** What the learner's file says now; undefined when there is none. */
export function textOf({ file }: Entry): string | undefined {
  return existsSync(join(root, file)) ? textIn(file) : undefined
}

/** From the learner's file to the solution, as a unified diff. */
export function diffToSolution(entry: Entry): string {
  const patch = createTwoFilesPatch(entry.file, entry.solution, textOf(entry) ?? '', textIn(entry.solution), '', '', {
    context: 3,
  })
  return patch.replace(/^=+\n/, '').replaceAll(/^(---|\+\+\+) (\S+)\t$/gm, '$1 $2')
}

/**
 * Puts the file back to how it was handed out.
 *
 * @returns where the learner's version is kept, relative to the repository; undefined when there was none
 */
export function reset(entry: Entry): string | undefined {
  const text = textOf(entry)
  const original = handedOut(entry)
  const kept = text === undefined || text === original ? undefined : keep(entry, text)
  mkdirSync(dirname(join(root, entry.file)), { recursive: true })
  writeFileSync(join(root, entry.file), original)
  return kept
}

/** Outside of phases/, where it would be compiled. */
function keep({ name }: Entry, text: string): string {
  const folder = join(root, '.tutor/kept')
  mkdirSync(folder, { recursive: true })
  for (let count = 1; ; count++) {
    const path = join(folder, `${name}.${count}.ts`)
    if (existsSync(path)) continue
    writeFileSync(path, text)
    return relative(root, path).replaceAll('\\', '/')
  }
}
