import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Output } from './line-writer.ts'
import { writeAll } from './write-all.ts'

export interface RotationOptions {
  /** The file is rotated when it reaches this size, in bytes. */
  readonly maxBytes: number
  /** How many files are kept, including the current one. The oldest is deleted. */
  readonly files: number
}

/**
 * Opens a file that is rotated by size: `app.log` becomes `app.log.1`, `app.log.1` becomes `app.log.2`, and so
 * on. `app.log` is always the newest, so `tail -F` and log shippers may watch that one name. Rotation
 * happens between two writes, so it never splits a line.
 *
 * pino-roll 4 does not fit: it writes `app.1.log`, `app.2.log` and so on. It rotates with SonicBoom's `reopen`, which
 * closes the old descriptor twice after a failed attempt. The second time, the number may belong to a connection.
 *
 * @throws when the file cannot be written
 */
export function openRotatingFile(path: string, { maxBytes, files }: RotationOptions): Output {
  makeFolder(dirname(path))
  let fd: number | undefined = openSync(path, 'a')
  let hasFailed = false

  function descriptor(): number {
    fd ??= openSync(path, 'a')
    return fd
  }

  /** Opens the next file before it closes this one, so that a failure leaves this one open. */
  function rotate(): void {
    try {
      renameFiles(path, files)
      const next = openSync(path, 'a')
      close()
      fd = next
      hasFailed = false
    } catch (error) {
      if (!hasFailed)
        process.emitWarning(`${path} cannot be rotated and grows on: ${(error as Error).message}`, 'LogWarning')
      hasFailed = true
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
      await writeAll(descriptor(), bytes)
      const { size, nlink } = fstatSync(descriptor())
      const isRemoved = nlink === 0
      if (size >= maxBytes || isRemoved) rotate()
    },
    appendSync: (bytes) => writeSync(descriptor(), bytes),
  }
}

/** Does not use mkdir's `recursive`: on Node 20 it never returns for a path below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

function renameFiles(path: string, files: number): void {
  const name = (age: number) => (age === 0 ? path : `${path}.${age}`)
  if (!existsSync(path)) return
  rmSync(name(files - 1), { force: true })
  for (let age = files - 2; age >= 0; age--) {
    if (existsSync(name(age))) renameSync(name(age), name(age + 1))
  }
}
