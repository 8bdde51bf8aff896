import { write } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const writeSome = promisify(write)

/** Writes all of `bytes` to a file descriptor, in as many writes as the operating system needs. */
export async function writeAll(fd: number, bytes: Buffer): Promise<void> {
  let rest = bytes
  while (rest.length > 0) {
    try {
      const { bytesWritten } = await writeSome(fd, rest)
      rest = rest.subarray(bytesWritten)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await delay(10) // a pipe whose reader is slow has room again soon
    }
  }
}
