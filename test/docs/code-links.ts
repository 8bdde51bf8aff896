import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A link to lines of a file whose first line contains the link's text: [`createLogger`](logger.ts#L12-L29). */
export interface CodeLink {
  /** The link in the document. */
  readonly markdown: string
  readonly text: string
  readonly path: string
  readonly lines: string
}

const LINK = /\[`([^`\]]+)`\]\(([^)#\s]+)#(L\d+(?:-L\d+)?)\)/g

export function codeLinks(markdown: string): CodeLink[] {
  return [...markdown.matchAll(LINK)].map(([whole, text = '', path = '', lines = '']) => ({
    markdown: whole,
    text,
    path,
    lines,
  }))
}

/** Updates the line numbers of all such links. @param document path of the document */
export function updateCodeLinks(markdown: string, document: string): string {
  return codeLinks(markdown).reduce(
    (text, link) => text.replace(link.markdown, `[\`${link.text}\`](${link.path}#${linesNow(link, document)})`),
    markdown,
  )
}

/**
 * Finds the text of a link in its file: the line that declares it, otherwise the first that contains it, and the end of
 * the block that begins there.
 *
 * @throws when the file is missing or does not contain the text.
 */
export function linesNow({ path, text }: CodeLink, document: string): string {
  const file = join(dirname(document), path)
  if (!existsSync(file)) throw new Error(`${document} links to ${path}, which does not exist`)
  const source = readFileSync(file, 'utf8').split('\n')
  const first = firstLineWith(text, source)
  if (first === -1) throw new Error(`${document} links to \`${text}\` in ${path}, which does not have it`)
  const last = endOf(first, source)
  return last === first ? `L${first + 1}` : `L${first + 1}-L${last + 1}`
}

function firstLineWith(text: string, source: readonly string[]): number {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const declaration = new RegExp(`^\\s*(export )?(async )?(const|let|function|class|interface|type) ${escaped}\\b`)
  const member = new RegExp(`^\\s*(private |async |#)*${escaped}\\s*[(:]`)
  const isCode = (line: string) => line.includes(text) && !/^\s*(import|\*|\/\/|\/\*)/.test(line)
  for (const fits of [(l: string) => declaration.test(l), (l: string) => member.test(l), isCode]) {
    const found = source.findIndex(fits)
    if (found !== -1) return found
  }
  return source.findIndex((line) => line.includes(text))
}

/**
 * A block continues while lines are indented more than its first one, and ends with a closing bracket at the same depth.
 * If that line opens another bracket, as `): void {` does, the block continues.
 */
function endOf(first: number, source: readonly string[]): number {
  const depth = indentOf(source[first] as string)
  let end = first
  for (let at = first + 1; at < source.length; at++) {
    const line = source[at] as string
    if (line === '' || indentOf(line) > depth) continue
    if (indentOf(line) < depth || !/^\s*[)\]}]/.test(line)) break
    end = at
    if (!/[({[]$/.test(line)) break
  }
  return end
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
