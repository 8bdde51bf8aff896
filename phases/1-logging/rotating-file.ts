import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Output } from './line-writer.ts'
import { writeAll } from './write-all.ts'

export interface RotationOptions {
  /** A file that has grown past this is put aside, in bytes. */
  readonly maxBytes: number
  /** How many files there may be, with the one being written. The oldest is deleted. */
  readonly files: number
}

/**
 * A file that is rotated by size: `app.log` becomes `app.log.1`, `app.log.1` becomes `app.log.2`, and so
 * on. `app.log` is always the newest, so `tail -F` and log shippers may watch that one name. Rotation
 * happens between two writes, so no line is torn.
 *
 * pino-roll 4 does not fit: it writes `app.1.log`, `app.2.log` and so on. It rotates with SonicBoom's `reopen`, which
 * after a failed attempt closes the old descriptor twice. By the second time, a connection may have that number.
 *
 * @throws when the file cannot be written.
 */
export function openRotatingFile(path: string, { maxBytes, files }: RotationOptions): Output {
  makeFolder(dirname(path))
  let fd: number | undefined = openSync(path, 'a')
  let isStuck = false

  function opened(): number {
    fd ??= openSync(path, 'a')
    return fd
  }

  /** Opens the next file before it closes this one: the number of a closed file may be that of the next connection. */
  function replace(): void {
    try {
      putAside(path, files)
      const next = openSync(path, 'a')
      close()
      fd = next
      isStuck = false
    } catch (error) {
      if (!isStuck)
        process.emitWarning(`${path} cannot be rotated and grows on: ${(error as Error).message}`, 'LogWarning')
      isStuck = true
    }
  }

  function close(): void {
    if (fd !== undefined) closeSync(fd)
    fd = undefined
  }

  return {
    name: path,
    close,
    async append(bytes) {
      await writeAll(opened(), bytes)
      const { size, nlink } = fstatSync(opened())
      const isRemoved = nlink === 0
      if (size >= maxBytes || isRemoved) replace()
    },
    appendSync: (bytes) => writeSync(opened(), bytes),
  }
}

/** Not mkdir's own `recursive`: on Node 20 that never returns where nothing can be made, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

function putAside(path: string, files: number): void {
  const name = (age: number) => (age === 0 ? path : `${path}.${age}`)
  if (!existsSync(path)) return
  rmSync(name(files - 1), { force: true })
  for (let age = files - 2; age >= 0; age--) {
    if (existsSync(name(age))) renameSync(name(age), name(age + 1))
  }
}
