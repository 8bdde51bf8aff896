import { computed, signal } from '@preact/signals'

/** The current view. It is in the address, so that reload and the back button work. */
export type View =
  | { readonly name: 'request'; readonly requestId: string | null }
  | { readonly name: 'trace'; readonly traceId: string }
  | { readonly name: 'logs'; readonly query: URLSearchParams }
  | { readonly name: 'metrics' }
  | { readonly name: 'traces' }
  | { readonly name: 'ask'; readonly query: URLSearchParams }

const hash = signal(location.hash)
addEventListener('hashchange', () => {
  hash.value = location.hash
  if (showsRequest(view.value)) lastRequest.value = location.hash
})

export const view = computed<View>(() => viewOf(hash.value))

/** The address of the last request shown, to return to it from another view. */
export const lastRequest = signal(showsRequest(view.value) ? location.hash : '#/')

export const addresses = {
  request: (requestId: string) => `#/request/${encodeURIComponent(requestId)}`,
  trace: (traceId: string) => `#/trace/${encodeURIComponent(traceId)}`,
  logs: (filter: Readonly<Record<string, string>> = {}) => `#/logs?${new URLSearchParams(filter)}`,
  metrics: '#/metrics',
  traces: '#/traces',
  ask: (question: Readonly<Record<string, string>> = {}) => {
    const query = new URLSearchParams(question).toString()
    return `#/ask${query && `?${query}`}`
  },
}

export function go(address: string): void {
  location.hash = address
}

function viewOf(address: string): View {
  const [path = '', query] = address.replace(/^#\/?/, '').split('?')
  const [name, id] = path.split('/')
  switch (name) {
    case 'logs':
    case 'ask':
      return { name, query: new URLSearchParams(query) }
    case 'metrics':
    case 'traces':
      return { name }
    case 'trace':
      return id ? { name, traceId: decoded(id) } : { name: 'traces' }
    default:
      return { name: 'request', requestId: name === 'request' && id ? decoded(id) : null }
  }
}

function showsRequest(now: View): boolean {
  return now.name === 'trace' || (now.name === 'request' && now.requestId !== null)
}

/** The address may be malformed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
