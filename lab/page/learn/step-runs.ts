import { signal } from '@preact/signals'
import type { LessonStep, RunResult, RunSent } from '../../lesson-wire.ts'
import type { Mark } from '../../wire.ts'
import { addresses, go, liveView } from '../location.ts'
import { followStory, newRequestId } from '../send/send-call.ts'
import { addSent } from '../send/sent-requests.ts'
import { post, postJson } from '../server/api.ts'
import { has, state } from '../server/server-state.ts'
import { restartIn } from './restart.ts'

/** What has become of a step. */
export interface StepRun {
  readonly running: boolean
  readonly result?: RunResult
  /** The request whose story is shown with one click. */
  readonly requestId?: string
  readonly problem?: string
}

/** By document and line. */
export const stepRuns = signal<Readonly<Record<string, StepRun>>>({})

/** By document: ids that the lesson printed, with those of this server. */
export const knownIds = signal<Readonly<Record<string, Readonly<Record<string, string>>>>>({})

/** By document: since when its commands read the log. */
const logSince: Record<string, string> = {}

export function keyOf(document: string, { line }: LessonStep): string {
  return `${document}:${line}`
}

/** A command with the ids of this server in place of the lesson's. */
export function filled(document: string, command: string): string {
  const ids = knownIds.value[document] ?? {}
  return Object.entries(ids).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), command)
}

/** Runs a step on the server, and keeps what came back. */
export async function runStep(document: string, step: LessonStep, command: string): Promise<void> {
  const key = keyOf(document, step)
  if (stepRuns.value[key]?.running) return
  update(key, { running: true })
  try {
    if (step.how.by === 'phase') {
      await restartIn(step.how.phase, step.how.settings)
      // What the last server wrote while it stopped does not belong to this part of the lesson.
      if (logSince[document] !== undefined) logSince[document] = new Date(state.value?.started_at ?? 0).toISOString()
      update(key, { running: false })
      return
    }
    const before = has('logs') ? await post<Mark>('marks') : undefined
    const result = await postJson<RunResult>('learn/run', {
      document,
      line: step.line,
      command,
      since: logSince[document] ?? '',
      ids: knownIds.value[document] ?? {},
    })
    if (result.log_since !== null) logSince[document] = result.log_since
    knownIds.value = { ...knownIds.value, [document]: { ...knownIds.value[document], ...result.ids } }
    const requestId = await keepRequest(result.requests, before)
    update(key, { running: false, result, requestId })
  } catch (error) {
    update(key, { running: false, problem: (error as Error).message })
  }
}

/** Puts the last request of a step among those that this page has sent, and returns its id there. */
async function keepRequest(requests: readonly RunSent[], before: Mark | undefined): Promise<string | undefined> {
  const last = requests.at(-1)
  // Reading the metrics leaves no story.
  if (last === undefined || before === undefined || /^\/(metrics|lab)\b/.test(last.path)) return undefined
  const requestId = last.request_id ?? newRequestId()
  const answer =
    last.status === null ? undefined : { status: last.status, milliseconds: last.milliseconds, body: last.body }
  addSent({
    requestId,
    call: { method: last.method === 'GET' ? 'GET' : 'POST', path: last.path },
    sentAt: before.time,
    answer,
  })
  const after = await post<Mark>('marks')
  const between = { before: before.mark_id, after: after.mark_id }
  followStory(
    requestId,
    has('request_ids') && last.request_id !== null ? { request_id: requestId, ...between } : between,
  )
  // Beside the lesson, the request's view shows the newest one.
  if (liveView.value.name === 'request' && matchMedia('(min-width: 1100px)').matches) go(addresses.request(requestId))
  return requestId
}

function update(key: string, run: StepRun): void {
  stepRuns.value = { ...stepRuns.value, [key]: run }
}
