import { computed } from '@preact/signals'
import { isCourse, state } from '../server/server-state.ts'

/** A value that the learner may change before sending. */
export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header'
  readonly initial: string
  /** Free text when there are none. */
  readonly choices?: readonly string[]
  readonly number?: { readonly min: number; readonly max: number }
}

/** An endpoint with a button. */
export interface Endpoint {
  readonly path: string
  /** What it shows, in a few words. */
  readonly about?: string
  readonly parameters: readonly Parameter[]
}

/** The endpoints with a button: those of the tutorial, or in another service its own. */
export const endpoints = computed((): readonly Endpoint[] =>
  isCourse.value ? TUTORIAL : (state.value?.endpoints ?? []).map((path) => ({ path, parameters: [] })),
)

const TUTORIAL: readonly Endpoint[] = [
  { path: '/hello', about: 'answers at once', parameters: [] },
  {
    path: '/slow',
    about: 'find out why',
    parameters: [{ name: 'ms', in: 'query', initial: '500', number: { min: 0, max: 10_000 } }],
  },
  {
    path: '/error',
    about: 'find out where',
    parameters: [{ name: 'status', in: 'query', initial: '500', number: { min: 400, max: 599 } }],
  },
  {
    path: '/external',
    about: 'calls a partner',
    parameters: [{ name: 'mode', in: 'query', initial: 'ok', choices: ['ok', 'fail', 'timeout'] }],
  },
  {
    path: '/propagation',
    about: 'across services',
    parameters: [{ name: 'baggage', in: 'header', initial: 'tenant=acme' }],
  },
]

/** An HTTP request to send. */
export interface Call {
  readonly method: 'GET' | 'POST'
  /** Including the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export function callOf(endpoint: Endpoint, values: Readonly<Record<string, string>>): Call {
  const query = new URLSearchParams()
  const headers: Record<string, string> = {}
  for (const { name, in: place } of endpoint.parameters) {
    const value = values[name] ?? ''
    if (value === '') continue
    if (place === 'query') query.set(name, value)
    else headers[name] = value
  }
  const search = query.toString()
  return { method: 'GET', path: `${endpoint.path}${search && `?${search}`}`, headers }
}
