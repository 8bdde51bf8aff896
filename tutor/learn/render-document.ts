import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, posix, relative, resolve, sep } from 'node:path'
import { Marked, type Tokens } from 'marked'
import type { Block, LessonDocument } from '../../lab/lesson-wire.ts'
import { root } from '../exercise/catalogue.ts'
import { anchorsOf } from './anchors.ts'
import { consoleBlocks } from './console-block.ts'
import { howToRun } from './steps.ts'

/**
 * Renders a Markdown file of the repository: prose as HTML, and its console blocks apart, since the page runs them. Raw
 * HTML in it is shown as text, comments are left out.
 *
 * @param file from the repository's root
 * @param idOf the id under which the page opens another document; undefined when it does not
 */
export function renderDocument(
  file: string,
  idOf: (file: string) => string | undefined,
): Pick<LessonDocument, 'title' | 'blocks' | 'sources'> {
  const markdown = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
  const sources: Record<string, string> = {}
  const marked = new Marked({ gfm: true })
  marked.use({ renderer: rendererFor(file, idOf, sources) })
  const anchors = anchorsOf(withoutCode(markdown))
  const steps = consoleBlocks(markdown)
  const blocks: Block[] = []
  let title = file
  let prose: Tokens.Generic[] = []
  const flush = () => {
    const html = prose.length === 0 ? '' : marked.parser(prose as never)
    if (html.trim() !== '') blocks.push({ kind: 'prose', html })
    prose = []
  }
  for (const token of marked.lexer(markdown) as Tokens.Generic[]) {
    const block = token.type === 'code' && isFollowed(token) ? steps.shift() : undefined
    if (block !== undefined) {
      flush()
      const rendered = block.steps.map(({ command, file: written, output, line }) => ({
        line,
        command: command ?? null,
        printed: output,
        how:
          written === undefined
            ? howToRun(command, block.notRun)
            : ({ by: 'terminal', reason: `the file ${written}, which is yours to change` } as const),
      }))
      blocks.push({ kind: 'console', line: block.from, steps: rendered })
    } else if (token.type === 'heading') {
      flush()
      const anchor = anchors.shift() ?? ''
      const html = marked.parseInline(token.text as string) as string
      if (token.depth === 1) title = token.text as string
      blocks.push({ kind: 'heading', level: token.depth as number, anchor, html })
    } else prose.push(token)
  }
  flush()
  return { title, blocks, sources }
}

/** Lines that begin with `#` in a block of code are no headings. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '')
}

/** As `consoleBlocks` decides. */
function isFollowed({ raw }: Tokens.Generic): boolean {
  return consoleBlocks((raw as string).trimEnd()).length > 0
}

function rendererFor(file: string, idOf: (file: string) => string | undefined, sources: Record<string, string>) {
  return {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => (/^\s*<!--[\s\S]*-->\s*$/.test(text) ? '' : escaped(text)),
    image: ({ text }: Tokens.Image) => escaped(text),
    // A wide table scrolls by itself, also by the keyboard.
    table(this: { parser: { parseInline(tokens: Tokens.Generic[]): string } }, { header, rows }: Tokens.Table) {
      const cells = (row: readonly Tokens.TableCell[], tag: string) =>
        `<tr>${row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`
      const body = rows.map((row) => cells(row, 'td')).join('')
      return `<div class="lesson-table" tabindex="0" role="group" aria-label="Table"><table><thead>${cells(header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`
    },
    code: ({ text, lang }: Tokens.Code) =>
      `<pre class="lesson-code" tabindex="0" role="group" aria-label="${escaped(lang || 'Text')}"><code>${escaped(text)}</code></pre>\n`,
    link(this: { parser: { parseInline(tokens: Tokens.Generic[]): string } }, { href, tokens }: Tokens.Link) {
      return `<a ${attributesOf(href, file, idOf, sources)}>${this.parser.parseInline(tokens)}</a>`
    },
  }
}

/** The attributes of a link: to the web, to another document, or to a file, which an editor opens. */
function attributesOf(
  href: string,
  file: string,
  idOf: (file: string) => string | undefined,
  sources: Record<string, string>,
): string {
  if (isThisServer(href)) return 'href="#/"'
  if (/^https?:\/\//.test(href)) return `href="${escaped(href)}" target="_blank" rel="noreferrer"`
  const [path = '', anchor = ''] = href.split('#')
  const target = path === '' ? file : posix.join(posix.dirname(file), path)
  const id = /^[\w./-]*$/.test(target) ? idOf(target) : undefined
  if (id !== undefined) return `href="#/learn/${escaped(id)}${anchor === '' ? '' : `#${escaped(anchor)}`}"`
  const absolute = resolve(root, target)
  if (!isInside(absolute) || !existsSync(absolute)) return `title="${escaped(href)}"`
  const [, first, last = first] = /^L(\d+)(?:-L(\d+))?$/.exec(anchor) ?? []
  const place = first === undefined ? target : `${target}:${first}`
  if (first !== undefined && statSync(absolute).isFile())
    sources[place] = linesIn(absolute, Number(first), Number(last))
  const address = absolute.split(sep).join('/')
  const editor = `vscode://file${address.startsWith('/') ? '' : '/'}${encodeURI(address)}${first === undefined ? '' : `:${first}`}`
  return `href="${escaped(editor)}" data-file="${escaped(place)}"`
}

/** The server that the lessons name is this one, whatever its port is. */
function isThisServer(href: string): boolean {
  return /^http:\/\/localhost:8080\/?$/.test(href)
}

function isInside(absolute: string): boolean {
  const path = relative(root, absolute)
  return path !== '' && !path.startsWith('..') && !/(^|[\\/])(\.git|\.env|node_modules)([\\/]|$)/.test(path)
}

function linesIn(absolute: string, first: number, last: number): string {
  const lines = readFileSync(absolute, 'utf8').split('\n')
  return lines.slice(first - 1, last).join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
