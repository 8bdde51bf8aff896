import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { NotUnderstood } from './command-line.ts'
import type { InputFile } from './text-programs.ts'

/** Lines wait for up to 10 ms before they are written, and longer on a busy disk. */
const WRITTEN_AFTER_MS = 60

/** The log files that lessons name, wherever this server has them. */
export class LessonLog {
  readonly #files: Readonly<Record<string, string>>

  /**
   * @param logFile the server's
   * @param since lines before this time are left out; empty for all
   */
  constructor(
    readonly logFile: string,
    readonly since: string,
  ) {
    const partner = join(dirname(logFile), 'partner.log')
    this.#files = { 'logs/app.log': logFile, 'logs/partner.log': partner, [`logs/${basename(logFile)}`]: logFile }
  }

  /** @throws NotUnderstood for a name that is not one of the log's */
  fileOf(name: string): string {
    const file = Object.hasOwn(this.#files, name) ? this.#files[name] : undefined
    if (file === undefined || this.logFile === '') throw new NotUnderstood(`the file ${name}`)
    return file
  }

  async read(name: string): Promise<InputFile> {
    const file = this.fileOf(name)
    await delay(WRITTEN_AFTER_MS)
    try {
      return { name, text: this.#recent(await readFile(file, 'utf8')) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return { name, text: '' }
    }
  }

  /** The names in its folder, as `ls` prints them to a terminal. */
  async list(): Promise<string> {
    const names = (await readdir(dirname(this.logFile))).filter((name) => /\.log(\.\d+)?$/.test(name))
    return `${names.sort().join('  ')}\n`
  }

  #recent(text: string): string {
    if (this.since === '') return text
    return text
      .split('\n')
      .filter((line) => line !== '' && (/"time":"([^"]+)"/.exec(line)?.[1] ?? '') >= this.since)
      .map((line) => `${line}\n`)
      .join('')
  }
}
