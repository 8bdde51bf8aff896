import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'

/** The lock, or the process that holds it. */
export type Lock = { readonly release: () => void } | { readonly heldBy: number }

interface Owner {
  readonly pid: number
  /** When the process started, if known. Distinguishes it from a later process with the same pid. */
  readonly started: string | null
}

/** The locks of this process. Its pid in a file might be that of an earlier process. */
const ours = new Set<string>()

/**
 * Acquires a lock: a file with its owner's pid. A lock whose owner is dead is taken over.
 */
export function lockFile(path: string): Lock {
  if (ours.has(path)) return { heldBy: process.pid }
  if (!create(path)) {
    const owner = read(path)
    if (owner !== undefined && isAlive(owner)) return { heldBy: owner.pid }
    if (!takeOver(path)) return { heldBy: read(path)?.pid ?? 0 }
  }
  ours.add(path)
  return {
    release: () => {
      if (ours.delete(path)) rmSync(path, { force: true })
    },
  }
}

/** Creating a link is atomic and never overwrites a file. */
function create(path: string): boolean {
  const own = `${path}.${randomUUID()}`
  writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Owner))
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own)
  }
}

/** Of several processes that find a dead owner only one may remove its lock; a second would remove the first one's. */
function takeOver(path: string): boolean {
  const guard = `${path}.takeover`
  removeIfOld(guard)
  if (!create(guard)) return false
  try {
    const owner = read(path)
    if (owner !== undefined && isAlive(owner)) return false
    rmSync(path, { force: true })
    return create(path)
  } finally {
    rmSync(guard, { force: true })
  }
}

/** A takeover lasts milliseconds; an older one was killed. */
function removeIfOld(guard: string): void {
  const since = statSync(guard, { throwIfNoEntry: false })?.mtimeMs
  if (since !== undefined && Date.now() - since > 10_000) rmSync(guard, { force: true })
}

function read(path: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Owner
    return Number.isInteger(pid) && pid > 0 ? { pid, started } : undefined
  } catch {
    // Removed in the meantime, or malformed: no owner either way.
    return undefined
  }
}

function isAlive({ pid, started }: Owner): boolean {
  if (pid === process.pid && started === null) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is alive and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === startOf(pid)
}

/** The start time of a process on Linux, in ticks since boot. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold spaces. The 3rd is the state, the 22nd the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const isZombie = fields[0] === 'Z' || fields[0] === 'X'
    return isZombie ? null : `${boot}/${fields[19]}`
  } catch {
    return null
  }
}
