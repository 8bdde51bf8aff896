import { computed, signal } from '@preact/signals'
import { isCourse } from '../server/server-state.ts'
import { type Call, endpoints } from './endpoints.ts'
import { bookableCourse, listCourses } from './journey.ts'

/** Traffic mixes for the course's app, by label. */
const MIXES = {
  'a mix, with errors': [
    'hello',
    'course',
    'course',
    'courses',
    'course',
    'slow',
    'hello',
    'course',
    'missing',
    'error',
  ],
  'GET /hello': ['hello'],
  'GET /slow?ms=100': ['slow'],
  'GET /v1/courses/{id}': ['course'],
  bookings: ['booking'],
} as const satisfies Record<string, readonly Kind[]>

/** Traffic mixes. In another service, each is a single endpoint. */
export const mixes = computed((): readonly string[] =>
  isCourse.value ? Object.keys(MIXES) : endpoints.value.map(({ path }) => GET + path),
)
const GET = 'GET '

type Kind = 'hello' | 'slow' | 'error' | 'missing' | 'courses' | 'course' | 'booking'

export interface TrafficPlan {
  /** One of `mixes`. */
  readonly mix: string
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
}

export interface Traffic {
  readonly plan: TrafficPlan
  /** Set when it was stopped early. */
  readonly stopped: boolean
  readonly running: boolean
  readonly sent: number
  readonly answered: number
  /** 4xx, 5xx or no answer. */
  readonly failed: number
  /** Seconds since it began. */
  readonly elapsed: number
}

/** The current or last traffic. */
export const traffic = signal<Traffic | null>(null)

const TICK_MS = 20
/** Requests in flight; more would only queue in the browser. */
const MAX_IN_FLIGHT = 48

let stop: (() => void) | undefined

/** Sends requests at a constant rate until the duration has passed or `stopTraffic` is called. */
export async function startTraffic(plan: TrafficPlan): Promise<void> {
  if (stop) return
  let [sent, answered, failed, inFlight] = [0, 0, 0, 0]
  let stopped = false
  stop = () => {
    stopped = true
  }
  const publish = (running: boolean, elapsed: number) => {
    traffic.value = { plan, running, stopped, sent, answered, failed, elapsed }
  }

  publish(true, 0)
  const calls = await callsOf(plan.mix)
  const total = plan.rate * plan.seconds
  const began = performance.now()
  const elapsed = () => Math.min(plan.seconds, (performance.now() - began) / 1000)

  while (!stopped && (performance.now() - began < plan.seconds * 1000 || sent < total)) {
    const due = Math.min(total, Math.ceil((performance.now() - began) * (plan.rate / 1000)))
    while (sent < due && inFlight < MAX_IN_FLIGHT && !stopped) {
      const call = calls[sent % calls.length] as Call
      sent++
      inFlight++
      void exchange(call).then((ok) => {
        inFlight--
        answered++
        if (!ok) failed++
      })
    }
    // A slow server gets fewer requests, and no queue after the duration.
    if (performance.now() - began >= plan.seconds * 1000) break
    publish(true, elapsed())
    await tick()
  }
  while (inFlight > 0) {
    publish(true, elapsed())
    await tick()
  }
  stop = undefined
  publish(false, elapsed())
}

export function stopTraffic(): void {
  stop?.()
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TICK_MS))
}

/** The requests of a mix, sent in turn. */
async function callsOf(mix: string): Promise<Call[]> {
  const kinds: readonly Kind[] | undefined = isCourse.value ? MIXES[mix as keyof typeof MIXES] : undefined
  if (kinds === undefined) return [{ method: 'GET', path: mix.slice(GET.length) }]
  const course = kinds.some((kind) => kind === 'course' || kind === 'booking') ? await anyCourse() : ''
  return kinds.map((kind) => callFor(kind, course))
}

function callFor(kind: Kind, course: string): Call {
  switch (kind) {
    case 'hello':
      return { method: 'GET', path: '/hello' }
    case 'slow':
      return { method: 'GET', path: '/slow?ms=100' }
    case 'error':
      return { method: 'GET', path: '/error?status=500' }
    case 'missing':
      return { method: 'GET', path: '/v1/courses/01943ad7-aa80-7001-8000-ffffffffffff' }
    case 'courses':
      return { method: 'GET', path: '/v1/courses?page_size=5' }
    case 'course':
      return { method: 'GET', path: `/v1/courses/${course}` }
    case 'booking':
      return { method: 'POST', path: '/v1/bookings', body: { course_id: course, user_id: 'lab-traffic' } }
  }
}

async function anyCourse(): Promise<string> {
  try {
    const response = await fetch(listCourses.path, { cache: 'no-store' })
    return (response.ok && bookableCourse(await response.text())) || 'none'
  } catch {
    return 'none'
  }
}

/** Whether the answer was a success. The body is read, so that the connection can be reused. */
async function exchange({ method, path, body }: Call): Promise<boolean> {
  try {
    const init: RequestInit = { method, cache: 'no-store' }
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(path, body === undefined ? init : { ...init, ...json })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
