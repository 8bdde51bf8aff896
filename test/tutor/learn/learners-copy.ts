import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** What `npm start` and its page need of the repository. */
const NEEDED = [
  ...['package.json', 'tsconfig.json', 'README.md', 'docs', 'phases', 'lessons', 'src', 'tutor', 'testkit', 'proto'],
  ...['src', 'phases', 'lessons', 'query', 'lab', 'tutor', 'testkit', 'grafana'].map((folder) => `dist/${folder}`),
]

/**
 * A learner's clone of the repository, in which a test may run checks, edit exercises and leave progress.
 *
 * @returns its folder, which is removed at the end of the test
 */
export function copyForLearner(t: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'course-app-learner-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  for (const path of NEEDED) cpSync(join(root, path), join(folder, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}
