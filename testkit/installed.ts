import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * For the options of a test that needs installed programs: `t.test('…', needs('postgres'), …)`. Without them the test is
 * skipped, and the runner says so.
 *
 * @param programs their names on the command line
 * @throws when a program is missing and CI=true, where a skipped test would hide a failure.
 */
export function needs(...programs: readonly string[]): { skip?: string } {
  return unlessMissing(programs.filter((program) => findProgram(program) === undefined))
}

/** The same for a module of Debian's Python, `/usr/bin/python3`. */
export function needsPython(module: string): { skip?: string } {
  const { status } = spawnSync('/usr/bin/python3', ['-c', `import ${module}`], { stdio: 'ignore' })
  return unlessMissing(status === 0 ? [] : [`Python's ${module}`])
}

function unlessMissing(missing: readonly string[]): { skip?: string } {
  if (missing.length === 0) return {}
  const reason = `${missing.join(' and ')} not installed`
  if (process.env.CI === 'true') throw new Error(`${reason}; with CI=true no test may be skipped`)
  return { skip: reason }
}

/** The path of a program that is installed on this machine, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', ...postgresFolders()]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/**
 * The options `uid` and `gid` of `spawn` for a server that refuses to run as root; empty when this process is not root.
 */
export function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

/** Debian installs PostgreSQL's programs outside the PATH, in /usr/lib/postgresql/15/bin. The newest comes first. */
function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(root, version, 'bin'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
