import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The lessons, in order: `phases/1-logging/README.md` and so on, then those of `lessons/`. */
export const lessons: readonly string[] = ['phases', 'lessons'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => /^\d-/.test(name))
    .sort()
    .map((name) => `${folder}/${name}/README.md`)
    .filter((lesson) => existsSync(join(root, lesson))),
)

/** The README shows this command without output, before its first block. */
export const README_BEGINS = { command: 'npm start', output: '…\n  Phase 5: Unified observability\n…', line: 0 }
