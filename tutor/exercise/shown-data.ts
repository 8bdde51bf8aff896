import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, root } from './catalogue.ts'
import type { ShownData } from './exercise.ts'

/** Not tracked by git. */
const FOLDER = '.tutor/data'

/** Commands for a learner who wants to look at data. */
export interface DataCommands {
  /** What to tell `npm run query`. */
  readonly flags: string
  /** What to tell `npm run ask`, so that `npm run query` answers. */
  readonly example: string
}

/** Writes the data of an exercise to files. */
export function saveData({ name, file }: Entry, { metrics, logs, example }: ShownData): DataCommands {
  mkdirSync(join(root, FOLDER), { recursive: true })
  const flags = [
    ...(metrics === undefined ? [] : [`--metrics ${save(`${name}.om`, metrics)}`]),
    ...(file.endsWith('.rules.yml') ? [`--rules ${file}`] : []),
    ...(logs === undefined ? [] : [`--logs ${save(`${name}.jsonl`, logs)}`]),
  ]
  return { flags: flags.join(' '), example: `--url http://127.0.0.1:9091 --at ${example.at} '${example.query}'` }
}

function save(fileName: string, text: string): string {
  writeFileSync(join(root, FOLDER, fileName), text)
  return `${FOLDER}/${fileName}`
}
