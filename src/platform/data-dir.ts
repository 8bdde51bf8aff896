import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ConfigError } from '../config.ts'
import { unpackTemplate } from './embedded-template.ts'
import { type Lock, lockFile } from './lock-file.ts'

/** A cluster that is locked for this process until it calls `release`. */
export interface Cluster {
  readonly folder: string
  readonly release: () => void
}

/**
 * Locks the cluster in `dataDir`, which two processes would corrupt, and creates it from the template if it is missing.
 *
 * @throws ConfigError when the folder cannot be written or another process uses it
 */
export async function clusterIn(dataDir: string): Promise<Cluster> {
  const root = resolve(dataDir)
  const lock = await lockFolder(root, dataDir)
  if ('heldBy' in lock) {
    const problem = `is in use by process ${lock.heldBy}`
    throw new ConfigError('DATA_DIR', problem, 'Stop it, or set DATA_DIR to another folder.')
  }
  const folder = join(root, 'postgres')
  try {
    await removePartial(root)
    if (!(await isFolder(folder))) await makeCluster(folder)
  } catch (error) {
    lock.release()
    throw error
  }
  return { folder, release: lock.release }
}

async function lockFolder(root: string, dataDir: string): Promise<Lock> {
  try {
    await makeFolder(root)
    await access(root, constants.R_OK | constants.W_OK | constants.X_OK)
    return lockFile(join(root, 'postgres.lock'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = `${JSON.stringify(dataDir)} cannot be written (${code})`
    throw new ConfigError('DATA_DIR', problem, 'Set DATA_DIR to a folder that can be written.')
  }
}

/** Not `mkdir` with `recursive`, which never returns for a path below /proc on Node 20. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path)
  }
}

/** The folder is renamed when it is complete, so a start that is killed leaves no partial cluster. */
async function makeCluster(folder: string): Promise<void> {
  const part = `${folder}.part-${randomUUID()}`
  try {
    await unpackTemplate(part)
    await rename(part, folder)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}

/** Removes the folders of starts that were killed. */
async function removePartial(root: string): Promise<void> {
  const remains = (await readdir(root)).filter((name) => name.startsWith('postgres.part-'))
  await Promise.all(remains.map((name) => rm(join(root, name), { recursive: true, force: true })))
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return found?.isDirectory() ?? false
}
