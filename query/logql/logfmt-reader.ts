import { quote } from '../quote.ts'

/** What comes of a line of `key=value` pairs. */
export interface LogfmtPair {
  readonly key: string
  readonly value: string
}

/** Reads pair by pair, and goes on behind a mistake unless it is told not to. */
export class LogfmtReader {
  #at = 0
  #error: string | undefined

  constructor(readonly text: string) {}

  /** The last mistake, in Loki's words. */
  get error(): string | undefined {
    return this.#error
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length
  }

  /** @returns undefined when there is no pair here, or a mistake */
  next(): LogfmtPair | undefined {
    const { text } = this
    while (!this.isAtEnd && this.#isSpace()) this.#at++
    if (this.isAtEnd) return undefined
    const start = this.#at
    while (!this.isAtEnd && !this.#isSpace() && text[this.#at] !== '=' && text[this.#at] !== '"') this.#at++
    const key = text.slice(start, this.#at)
    if (text[this.#at] === '"') return this.#unexpected()
    if (text[this.#at] !== '=') return { key, value: '' }
    if (key === '') return this.#unexpected()
    if (key.includes('\ufffd')) return this.#skip('invalid key')
    this.#at++
    if (this.isAtEnd || this.#isSpace()) return { key, value: '' }
    return text[this.#at] === '"' ? this.#quoted(key) : this.#bare(key)
  }

  #bare(key: string): LogfmtPair | undefined {
    const start = this.#at
    while (!this.isAtEnd && !this.#isSpace()) {
      if (this.text[this.#at] === '=' || this.text[this.#at] === '"') return this.#unexpected()
      this.#at++
    }
    return { key, value: this.text.slice(start, this.#at) }
  }

  #quoted(key: string): LogfmtPair | undefined {
    const [quoted] = /^"(?:[^"\\]|\\.)*"/s.exec(this.text.slice(this.#at)) ?? []
    if (quoted === undefined) {
      this.#at = this.text.length
      this.#fail('unterminated quoted value')
      return undefined
    }
    this.#at += quoted.length
    try {
      return {
        key,
        value: quoted.includes('\\') ? (JSON.parse(quoted.replaceAll("\\'", "'")) as string) : quoted.slice(1, -1),
      }
    } catch {
      this.#fail('invalid quoted value')
      return undefined
    }
  }

  #isSpace(): boolean {
    return this.text.charCodeAt(this.#at) <= 0x20
  }

  #unexpected(): undefined {
    const character = this.text.charAt(this.#at)
    return this.#skip(`unexpected ${quote(character, "'")}`)
  }

  #skip(reason: string): undefined {
    this.#fail(reason)
    while (!this.isAtEnd && !this.#isSpace()) this.#at++
    return undefined
  }

  #fail(reason: string): void {
    const position = Buffer.byteLength(this.text.slice(0, this.#at)) + 1
    this.#error = `logfmt syntax error at pos ${position} : ${reason}`
  }
}
