import { computed, effect, signal } from '@preact/signals'
import type { LearnPath, LessonDocument } from '../../lesson-wire.ts'
import { view } from '../location.ts'
import { getJson } from '../server/api.ts'
import { state } from '../server/server-state.ts'

/** Whether this server has lessons. */
export const hasLearn = computed(() => state.value?.learn === true)

/** The course in its order; null until it arrives. */
export const path = signal<LearnPath | null>(null)
export const pathProblem = signal<string | null>(null)

/** Documents by id, or why one cannot be shown. */
export const documents = signal<Readonly<Record<string, LessonDocument | { readonly problem: string }>>>({})

/** Where the reader was last, such as `#/learn/3#histogram`; empty for whoever has not begun. */
export const lastPlace = signal(stored('lab.learn.place'))

/** The page of Learn that is open, beside another view too; null when there is none. */
export const openPage = signal<string | null>(stored('lab.learn.open', sessionStorage) || null)

export function rememberPlace(address: string): void {
  lastPlace.value = address
  store('lab.learn.place', address)
}

export function closeLesson(): void {
  openPage.value = null
  store('lab.learn.open', '', sessionStorage)
}

/** Keeps the open page as the address says, and loads what it needs. */
export function followLessons(): void {
  effect(() => {
    const now = view.value
    if (now.name !== 'learn') return
    openPage.value = now.page === '' ? null : now.page
    store('lab.learn.open', now.page, sessionStorage)
    if (now.page !== '') rememberPlace(location.hash)
  })
  effect(() => {
    if (hasLearn.value && path.value === null) void loadPath()
  })
  effect(() => {
    const page = openPage.value
    if (hasLearn.value && page !== null && isDocument(page) && documents.peek()[page] === undefined) loadDocument(page)
  })
  openForBeginners()
}

/** Pages of Learn that are no documents, beside those of one exercise or drill. */
const LISTS = ['exercises', 'drills', 'progress']

/** Whether a page is a document; others are exercises, drills and progress. */
export function isDocument(page: string): boolean {
  return !page.includes('/') && !LISTS.includes(page)
}

/** Whoever has not begun sees Learn first, unless the address says otherwise. */
function openForBeginners(): void {
  if (location.hash.replace(/^#\/?$/, '') !== '' || lastPlace.peek() !== '') return
  const dispose = effect(() => {
    if (state.value === null) return
    if (hasLearn.value && location.hash.replace(/^#\/?$/, '') === '') location.replace('#/learn')
    queueMicrotask(() => dispose())
  })
}

export async function loadPath(): Promise<void> {
  try {
    path.value = await getJson<LearnPath>('learn/path')
    pathProblem.value = null
  } catch (error) {
    pathProblem.value = (error as Error).message
  }
}

function loadDocument(id: string): void {
  getJson<LessonDocument>(`learn/documents/${encodeURIComponent(id)}`).then(
    (document) => keep(id, document),
    ({ message }: Error) => keep(id, { problem: message }),
  )
}

function keep(id: string, found: LessonDocument | { readonly problem: string }): void {
  documents.value = { ...documents.value, [id]: found }
}

/** Storage may be forbidden. */
function stored(key: string, storage: Storage = localStorage): string {
  try {
    return storage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

function store(key: string, value: string, storage: Storage = localStorage): void {
  try {
    storage.setItem(key, value)
  } catch {
    // Then the place lasts as long as the page.
  }
}
