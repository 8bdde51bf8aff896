/** Reads YAML into what is expected of it, with the messages that Go's `yaml` package gives. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { parseDuration } from '../promql/literals.ts'
import { quote } from '../quote.ts'

/** Where something is, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A value, and where it is written; without a position if it is not there. */
export interface Located<T> {
  readonly value: T
  readonly position: Position | undefined
}

type YamlNode = Node | null | undefined

/** How the fields of a mapping are read, by their names. */
export type Fields<T> = { readonly [K in keyof T]: (node: YamlNode) => T[K] }

/** A file that is no YAML, or has a value of another kind than what is expected. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
}

/** Reads one document. What is wrong is collected; {@link check} throws it. */
export class YamlDecoder {
  readonly root: YamlNode
  readonly #lines = new LineCounter()
  readonly #resolve: (node: YamlNode) => YamlNode
  readonly #problems: { readonly line: number; readonly reason: string }[] = []

  /** @throws {YamlError} when the text is no YAML */
  constructor(text: string) {
    const [document] = parseAllDocuments(text, { lineCounter: this.#lines, uniqueKeys: false })
    if (document === undefined || !('errors' in document)) {
      this.root = undefined
      this.#resolve = (node) => node
      return
    }
    const [error] = document.errors
    if (error !== undefined) {
      const [line = { line: 1 }] = error.linePos ?? []
      const [reason = ''] = error.message.split(/ at line \d+, column \d+/)
      throw new YamlError(`yaml: line ${line.line}: ${reason}`)
    }
    this.root = document.contents
    this.#resolve = (node) => (isAlias(node) ? (node.resolve(document) as YamlNode) : node)
  }

  /** @throws {YamlError} with all that was found wrong */
  check(): void {
    if (this.#problems.length === 0) return
    const inOrder = [...this.#problems].sort((a, b) => a.line - b.line)
    throw new YamlError(
      `yaml: unmarshal errors:\n${inOrder.map(({ line, reason }) => `  line ${line}: ${reason}`).join('\n')}`,
    )
  }

  positionOf(node: YamlNode): Position | undefined {
    const offset = node?.range?.[0]
    if (offset === undefined) return undefined
    const { line, col } = this.#lines.linePos(offset)
    return { line, column: col }
  }

  /** @param type as it is named in messages */
  struct<T extends object>(node: YamlNode, type: string, fields: Fields<T>): T {
    const found = new Map<string, YamlNode>()
    const map = this.#map(node, type)
    for (const [key, value] of map === undefined ? [] : this.#pairs(map)) {
      if (Object.hasOwn(fields, key.value)) found.set(key.value, value)
      else this.#complain(key.node, `field ${key.value} not found in type ${type}`)
    }
    const entries = Object.entries(fields) as [keyof T & string, (node: YamlNode) => unknown][]
    return Object.fromEntries(entries.map(([name, read]) => [name, read(found.get(name))])) as T
  }

  list<T>(node: YamlNode, type: string, read: (node: YamlNode) => T): T[] {
    const found = this.#resolve(node)
    if (isNothing(found)) return []
    if (isSeq(found)) return found.items.map((item) => read(item as YamlNode))
    this.#mismatch(found, type)
    return []
  }

  /** A mapping of names to text. */
  texts(node: YamlNode): Map<string, string> {
    const map = this.#map(node, 'map[string]string')
    return new Map((map === undefined ? [] : this.#pairs(map)).map(([key, value]) => [key.value, this.text(value)]))
  }

  text(node: YamlNode): string {
    const found = this.#resolve(node)
    if (isNothing(found)) return ''
    if (!isScalar(found)) this.#mismatch(found, 'string')
    else return typeof found.value === 'string' ? found.value : String(found.source ?? found.value)
    return ''
  }

  located(node: YamlNode): Located<string> {
    return { value: this.text(node), position: this.positionOf(node) }
  }

  integer(node: YamlNode): number {
    const value = this.#number(node, 'int')
    if (Number.isInteger(value)) return value
    this.#mismatch(this.#resolve(node), 'int')
    return 0
  }

  float(node: YamlNode): number {
    return this.#number(node, 'float64')
  }

  boolean(node: YamlNode): boolean {
    const found = this.#resolve(node)
    if (isNothing(found)) return false
    if (isScalar(found) && typeof found.value === 'boolean') return found.value
    this.#mismatch(found, 'bool')
    return false
  }

  /**
   * @returns milliseconds, or undefined if there is none
   * @throws {YamlError} at once, as Go does
   */
  duration(node: YamlNode): number | undefined {
    if (isNothing(this.#resolve(node))) return undefined
    const text = this.text(node)
    if (text === '') throw new YamlError('empty duration string')
    let ms: number | undefined
    try {
      ms = parseDuration(text)
    } catch (error) {
      throw new YamlError((error as Error).message)
    }
    if (ms === undefined) throw new YamlError(`not a valid duration string: ${quote(text)}`)
    return ms
  }

  #number(node: YamlNode, type: string): number {
    const found = this.#resolve(node)
    if (isNothing(found)) return 0
    if (isScalar(found) && typeof found.value === 'number') return found.value
    this.#mismatch(found, type)
    return 0
  }

  #map(node: YamlNode, type: string): YAMLMap | undefined {
    const found = this.#resolve(node)
    if (isNothing(found)) return undefined
    if (isMap(found)) return found
    this.#mismatch(found, type)
    return undefined
  }

  /** With those that `<<` takes from elsewhere; what is written in the mapping itself comes first. */
  #pairs(map: YAMLMap): (readonly [{ readonly value: string; readonly node: YamlNode }, YamlNode])[] {
    const pairs: (readonly [{ readonly value: string; readonly node: YamlNode }, YamlNode])[] = []
    const merged: YAMLMap[] = []
    const seen = new Map<string, number>()
    for (const { key, value } of map.items) {
      const node = key as YamlNode
      const name = this.text(node)
      if (name === '<<') {
        const source = this.#resolve(value as YamlNode)
        const sources = isSeq(source) ? source.items.map((item) => this.#resolve(item as YamlNode)) : [source]
        merged.push(...sources.filter((one): one is YAMLMap => isMap(one)))
        continue
      }
      const line = this.positionOf(node)?.line ?? 0
      const first = seen.get(name)
      if (first !== undefined) this.#complain(node, `mapping key ${quote(name)} already defined at line ${first}`)
      else {
        seen.set(name, line)
        pairs.push([{ value: name, node }, value as YamlNode])
      }
    }
    for (const [key, value] of merged.flatMap((one) => this.#pairs(one))) {
      if (seen.has(key.value)) continue
      seen.set(key.value, 0)
      pairs.push([key, value])
    }
    return pairs
  }

  #complain(node: YamlNode, reason: string): void {
    this.#problems.push({ line: this.positionOf(node)?.line ?? 1, reason })
  }

  #mismatch(node: YamlNode, type: string): void {
    this.#complain(node, `cannot unmarshal ${tagOf(node)} into ${type}`)
  }
}

function isNothing(node: YamlNode): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null)
}

function tagOf(node: YamlNode): string {
  if (isMap(node)) return '!!map'
  if (isSeq(node)) return '!!seq'
  const { value, source } = node as Scalar
  const text = String(source ?? value)
  const shown = Buffer.byteLength(text) > 10 ? `${text.slice(0, 7)}...` : text
  return `${scalarTag(value)} \`${shown}\``
}

function scalarTag(value: unknown): string {
  if (typeof value === 'boolean') return '!!bool'
  if (typeof value === 'number' || typeof value === 'bigint')
    return Number.isInteger(Number(value)) ? '!!int' : '!!float'
  return '!!str'
}
