import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Block, LessonDocument } from '../../lesson-wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { addresses, view } from '../location.ts'
import { ScrollBox } from '../scroll-box.tsx'
import { ConsoleSteps } from './console-steps.tsx'
import { rememberReading } from './learn-progress.ts'
import { documents, path, rememberPlace } from './lessons-state.ts'

interface ShownSource {
  readonly place: string
  readonly text: string | undefined
  readonly editor: string
}

/** A lesson, or another document of the repository. */
export function LessonView({ id }: { readonly id: string }) {
  const document = documents.value[id]
  if (document === undefined) return <p class="waiting">Opening the lesson …</p>
  if ('problem' in document)
    return (
      <p class="notice problem" role="alert">
        {document.problem}
      </p>
    )
  return <Document document={document} />
}

function Document({ document }: { readonly document: LessonDocument }) {
  const article = useRef<HTMLElement>(null)
  const source = useSignal<ShownSource | null>(null)
  useAnchor(document)
  useRememberedPlace(article, document)

  const openSource = (event: MouseEvent) => {
    const link = (event.target as Element).closest('a[data-file]')
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const place = link.getAttribute('data-file') ?? ''
    source.value = { place, text: document.sources[place], editor: link.getAttribute('href') ?? '' }
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the links in it are what is clicked, by the keyboard too
    <article class="lesson" ref={article} aria-labelledby="lesson-title" onClick={openSource}>
      {document.blocks.map((block, index) => (
        <BlockView key={index} document={document.id} block={block} />
      ))}
      {document.lesson !== null && <Neighbours lesson={document.lesson} />}
      {source.value !== null && (
        <SourceDialog
          source={source.value}
          close={() => {
            source.value = null
          }}
        />
      )}
    </article>
  )
}

function BlockView({ document, block }: { readonly document: string; readonly block: Block }) {
  switch (block.kind) {
    case 'prose':
      // The server renders it from the repository, without raw HTML.
      return <div class="prose" dangerouslySetInnerHTML={{ __html: block.html }} />
    case 'heading':
      return <Heading block={block} />
    case 'console':
      return <ConsoleSteps document={document} block={block} />
  }
}

/** The page's title is the first heading, so those of a document are one level lower. */
function Heading({ block }: { readonly block: Extract<Block, { readonly kind: 'heading' }> }) {
  const html = { __html: block.html }
  const id = block.level === 1 ? 'lesson-title' : `lesson-${block.anchor}`
  const shared = { id, tabIndex: -1, 'data-anchor': block.anchor, dangerouslySetInnerHTML: html }
  if (block.level === 1) return <h2 {...shared} class="lesson-title" />
  if (block.level === 2) return <h3 {...shared} />
  return <h4 {...shared} />
}

/** Shows the heading that the address names, but leaves the lesson where it was when the reader returns from a view. */
function useAnchor(document: LessonDocument): void {
  const now = view.value
  const wasElsewhere = useRef(false)
  const anchor = now.name === 'learn' && now.page === document.id ? now.anchor : ''
  useEffect(() => {
    const isReturn = wasElsewhere.current
    wasElsewhere.current = now.name !== 'learn'
    if (anchor === '' || isReturn) return
    const heading = globalThis.document.getElementById(`lesson-${anchor}`)
    if (heading === null) return
    const column = heading.closest('.lesson-column')
    // Beside a view the lesson scrolls by itself, and the page stays where it is.
    if (column !== null && column.scrollHeight > column.clientHeight)
      column.scrollTop += heading.getBoundingClientRect().top - column.getBoundingClientRect().top - 8
    else heading.scrollIntoView()
    heading.focus({ preventScroll: true })
  }, [now.name, anchor, document.id])
}

/** Remembers the section that is being read. */
function useRememberedPlace(article: { readonly current: HTMLElement | null }, document: LessonDocument): void {
  useEffect(() => {
    let frame = 0
    const onScroll = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => {
        const headings = [...(article.current?.querySelectorAll<HTMLElement>('[data-anchor]') ?? [])]
        if (article.current === null || article.current.offsetParent === null) return
        const read = headings.findLast((heading) => heading.getBoundingClientRect().top < 200)
        const anchor = read === undefined || read.id === 'lesson-title' ? '' : (read.dataset.anchor ?? '')
        rememberPlace(addresses.learn(document.id, anchor))
        if (document.lesson !== null) {
          const { bottom } = article.current.getBoundingClientRect()
          rememberReading(document.lesson, anchor, bottom <= innerHeight)
        }
      })
    }
    addEventListener('scroll', onScroll, { capture: true, passive: true })
    return () => {
      cancelAnimationFrame(frame)
      removeEventListener('scroll', onScroll, { capture: true })
    }
  }, [document.id])
}

function Neighbours({ lesson }: { readonly lesson: number }) {
  const next = path.value?.lessons.find(({ number }) => number === lesson + 1)
  return (
    <p class="lesson-end">
      {next ? (
        <a href={addresses.learn(String(next.number))}>
          Next: lesson {next.number}, {next.title}
        </a>
      ) : (
        <a href={addresses.learn()}>The path</a>
      )}
    </p>
  )
}

/** The lines that a link leads to, with the link for an editor. */
function SourceDialog({ source, close }: { readonly source: ShownSource; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="source" aria-labelledby="source-title" onClose={close}>
      <h3 id="source-title">
        <code>{source.place}</code> <CopyButton text={source.place} what={source.place} />
      </h3>
      {source.text !== undefined && (
        <ScrollBox class="source-lines" label="Lines of the file">
          {source.text}
        </ScrollBox>
      )}
      <p class="source-buttons">
        <a href={source.editor}>Open in VS Code</a>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </p>
    </dialog>
  )
}
