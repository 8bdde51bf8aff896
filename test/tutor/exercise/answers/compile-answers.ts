import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { root } from '../../../../tutor/exercise/catalogue.ts'

/**
 * Compiles answers like exercises, but outside the repository, where a learner may be working.
 *
 * @param sources name and text of each module
 * @returns the modules, which import the repository's own compiled files, as the check does
 */
export async function compileAnswers(
  t: Pick<Test, 'teardown'>,
  sources: readonly (readonly [name: string, text: string])[],
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'course-app-answers-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  const linkAll = (to: string, from: string) => {
    mkdirSync(join(folder, to, 'phases/answers/all'), { recursive: true })
    for (const name of ['src', 'grafana']) symlinkSync(join(root, from, name), join(folder, to, name))
    for (const name of readdirSync(join(root, from, 'phases')))
      symlinkSync(join(root, from, 'phases', name), join(folder, to, 'phases', name))
  }
  linkAll('sources', '.')
  linkAll('modules', 'dist')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  symlinkSync(join(root, 'package.json'), join(folder, 'package.json'))
  for (const [name, text] of sources) writeFileSync(join(folder, `sources/phases/answers/all/${name}.ts`), text)
  const compilerOptions = { rootDir: 'sources', outDir: 'emitted', incremental: false, tsBuildInfoFile: null }
  const project = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions,
    include: ['sources/phases/answers'],
    exclude: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))

  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).catch((error) => {
    throw new Error(`an answer does not compile: ${error.stdout}`)
  })
  const modules = join(folder, 'modules/phases/answers/all')
  rmSync(modules, { recursive: true })
  renameSync(join(folder, 'emitted/phases/answers/all'), modules)
  return sources.map(([name]) => join(modules, `${name}.js`))
}
