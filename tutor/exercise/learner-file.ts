import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { type Entry, readText, root } from './catalogue.ts'
import { handedOut } from './handed-out.ts'

/** The learner's file; undefined when it is missing. */
export function learnerText({ file }: Entry): string | undefined {
  return existsSync(join(root, file)) ? readText(file) : undefined
}

/** A unified diff from the learner's file to the solution. */
export function diffToSolution(entry: Entry): string {
  const patch = createTwoFilesPatch(
    entry.file,
    entry.solution,
    learnerText(entry) ?? '',
    readText(entry.solution),
    '',
    '',
    {
      context: 3,
    },
  )
  return patch.replace(/^=+\n/, '').replaceAll(/^(---|\+\+\+) (\S+)\t$/gm, '$1 $2')
}

/**
 * Restores the original file.
 *
 * @returns the path of the learner's version, relative to the repository; undefined when there was none
 */
export function reset(entry: Entry): string | undefined {
  const text = learnerText(entry)
  const original = handedOut(entry)
  const kept = text === undefined || text === original ? undefined : backUp(entry, text)
  mkdirSync(dirname(join(root, entry.file)), { recursive: true })
  writeFileSync(join(root, entry.file), original)
  return kept
}

/** Saves it outside of the lessons, where it would be compiled. */
function backUp({ name, file }: Entry, text: string): string {
  const folder = join(root, '.tutor/kept')
  mkdirSync(folder, { recursive: true })
  for (let count = 1; ; count++) {
    const path = join(folder, `${name}.${count}${basename(file).slice(name.length)}`)
    if (existsSync(path)) continue
    writeFileSync(path, text)
    return relative(root, path).replaceAll('\\', '/')
  }
}
