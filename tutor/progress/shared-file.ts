import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lockFile } from '../../src/platform/lock-file.ts'
import { UsageError } from '../exercise/usage-error.ts'

/** Time between two attempts to get the lock. */
const RETRY_MS = 5

/** A change takes milliseconds; whoever holds the lock longer has stopped. */
const TIMEOUT_MS = 5000

/** A JSON object in a file that several processes read and write. */
export class SharedFile<T extends object> {
  readonly #path: string
  readonly #empty: T

  /** @param empty the content of a missing file */
  constructor(folder: string, name: string, empty: T) {
    this.#path = join(folder, name)
    this.#empty = empty
  }

  /** @throws UsageError when the file is no JSON */
  read(): T {
    if (!existsSync(this.#path)) return this.#empty
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as T
    } catch {
      throw new UsageError(`${this.#path} cannot be read. Remove it to start over.`)
    }
  }

  /** Changes the content. Changes of other processes wait meanwhile, so none is lost. */
  update(change: (current: T) => T): void {
    this.#locked(() => {
      const written = `${this.#path}.${process.pid}`
      writeFileSync(written, `${JSON.stringify(change(this.read()), null, 2)}\n`)
      renameSync(written, this.#path) // readers see the old file or the new one
    })
  }

  remove(): void {
    this.#locked(() => rmSync(this.#path, { force: true }))
  }

  #locked(work: () => void): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    const release = this.#lock()
    try {
      work()
    } finally {
      release()
    }
  }

  #lock(): () => void {
    const until = performance.now() + TIMEOUT_MS
    for (;;) {
      const lock = lockFile(`${this.#path}.lock`)
      if ('release' in lock) return lock.release
      if (performance.now() > until)
        throw new UsageError(`Process ${lock.heldBy} keeps ${this.#path} locked. End it, or remove the lock.`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}
