import { batch, computed, signal } from '@preact/signals'

/** The current view. It is in the address, so that reload, the back button and links work. */
export type View =
  | { readonly name: 'request'; readonly requestId: string | null; readonly query: URLSearchParams }
  | { readonly name: 'trace'; readonly traceId: string; readonly query: URLSearchParams }
  | { readonly name: 'file'; readonly id: string; readonly query: URLSearchParams }
  | { readonly name: NarrowedView; readonly query: URLSearchParams }
  | { readonly name: 'ask' | 'compare'; readonly query: URLSearchParams }
  | LearnPlace

/** A page of Learn: `''` is the course's path, `3` a lesson, `exercise/3.1` an exercise. */
export interface LearnPlace {
  readonly name: 'learn'
  readonly page: string
  /** The heading that is shown; empty for the beginning. */
  readonly anchor: string
  readonly query: URLSearchParams
}

/** The views of what happened lately, which share a time window. */
export type NarrowedView = 'logs' | 'metrics' | 'traces'

/** The parameters of the shared time window: see time/time-window.ts. */
const WINDOW_PARAMETERS = ['last', 'from', 'to']

type Parameters = Readonly<Record<string, string>>

const hash = signal(location.hash)

export const view = computed<View>(() => viewOf(hash.value))

/** The last view that is not Learn, which a lesson is shown beside. */
export const liveView = signal<Exclude<View, LearnPlace>>({
  name: 'request',
  requestId: null,
  query: new URLSearchParams(),
})

/** The address of the last request shown, to return to it from another view. */
export const lastRequest = signal('#/')

/** The last parameters of each view, to return to them from another one. */
const lastQueries = signal<Readonly<Record<NarrowedView, URLSearchParams>>>({
  logs: new URLSearchParams(),
  metrics: new URLSearchParams(),
  traces: new URLSearchParams(),
})

/** The parameters of the time window in the last address of a view that has one. */
export const windowQuery = signal(new URLSearchParams())

follow()
addEventListener('hashchange', follow)

export const addresses = {
  request: (requestId: string) => `#/request/${encodeURIComponent(requestId)}`,
  /** Of a story that was opened from a file. */
  file: (id: string) => `#/file/${encodeURIComponent(id)}`,
  trace: (traceId: string) => `#/trace/${encodeURIComponent(traceId)}`,
  logs: (parameters: Parameters = {}) => withQuery('#/logs', new URLSearchParams(parameters)),
  /** Of requests named by `trace:…` or `request:…`. */
  compare: (a: string, b?: string) => withQuery('#/compare', new URLSearchParams(b === undefined ? { a } : { a, b })),
  ask: (question: Parameters = {}) => withQuery('#/ask', new URLSearchParams(question)),
  learn: (page = '', anchor = '') => `#/learn${page && `/${page}`}${anchor && `#${anchor}`}`,
}

/** The address of a view as it was left, in the present time window. */
export function addressOf(name: NarrowedView): string {
  const query = new URLSearchParams([...queryOf(name)].filter(([parameter]) => !WINDOW_PARAMETERS.includes(parameter)))
  for (const [parameter, value] of windowQuery.value) query.set(parameter, value)
  return withQuery(`#/${name}`, query)
}

/** The parameters of a view, now or when it was last shown. */
export function queryOf(name: NarrowedView): URLSearchParams {
  return lastQueries.value[name]
}

export function go(address: string): void {
  location.hash = address
}

/** Changes parameters of the current address, without an entry in the history. An empty value removes the parameter. */
export function changeQuery(changes: Parameters): void {
  const query = new URLSearchParams(view.value.query)
  for (const [parameter, value] of Object.entries(changes)) {
    if (value === '') query.delete(parameter)
    else query.set(parameter, value)
  }
  const [path = ''] = (location.hash || '#/').split('?')
  history.replaceState(history.state, '', withQuery(path, query))
  follow()
}

function follow(): void {
  batch(() => {
    hash.value = location.hash
    const now = viewOf(location.hash)
    if (now.name !== 'learn') liveView.value = now
    if (now.name === 'logs' || now.name === 'metrics' || now.name === 'traces') {
      lastQueries.value = { ...lastQueries.value, [now.name]: now.query }
      windowQuery.value = new URLSearchParams([...now.query].filter(([name]) => WINDOW_PARAMETERS.includes(name)))
    }
    if (now.name === 'trace' || now.name === 'file' || (now.name === 'request' && now.requestId !== null))
      lastRequest.value = location.hash
  })
}

function viewOf(address: string): View {
  const [path = '', ...rest] = address.replace(/^#\/?/, '').split('?')
  const query = new URLSearchParams(rest.join('?'))
  const [name, id] = path.split('/')
  if (/^learn(?:[/#]|$)/.test(path)) {
    const [page = '', anchor = ''] = path.slice('learn'.length).replace(/^\//, '').split('#')
    return { name: 'learn', page: decoded(page), anchor: decoded(anchor), query }
  }
  switch (name) {
    case 'logs':
    case 'metrics':
    case 'traces':
    case 'ask':
    case 'compare':
      return { name, query }
    case 'file':
      return { name, id: decoded(id ?? ''), query }
    case 'trace':
      return id ? { name, traceId: decoded(id), query } : { name: 'traces', query }
    default:
      return { name: 'request', requestId: name === 'request' && id ? decoded(id) : null, query }
  }
}

function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** The address may be malformed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
