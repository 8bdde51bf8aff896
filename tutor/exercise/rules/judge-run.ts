import type { Table } from '../exercise.ts'
import { SCRAPE_INTERVAL } from '../queries/service-metrics.ts'
import type { Failure } from './rule-mistake.ts'
import type { Episode, Run } from './run-rules.ts'
import { type Fault, FIRST_EVALUATION, type Scenario } from './scenario.ts'

/** By when a page is due and by when it has to end, in minutes after the fault begins and ends. */
export interface Timing {
  readonly firesWithin: number
  readonly endsWithin: number
}

/** @returns undefined when there are pages when they are due, and none otherwise */
export function judgeRun({ episodes, error }: Run, { fault, minutes }: Scenario, timing: Timing): Failure | undefined {
  if (error !== undefined) return { kind: 'error', seen: error }
  const pages = episodes.filter(isPage)
  if (fault === undefined) return pages[0] && { kind: 'false', seen: `${nameOf(pages[0])} ${whenOf(pages[0])}` }
  const early = pages.find(({ firedAt }) => firedAt < fault.from * 60)
  if (early)
    return { kind: 'false', seen: `${nameOf(early)} ${whenOf(early)}, and the fault begins at minute ${fault.from}` }
  return (
    missed(episodes, pages, fault, timing) ??
    repeated(pages, fault) ??
    ended(pages, fault, minutes) ??
    elsewhere(pages, fault) ??
    (minutes > fault.to + timing.endsWithin ? lingering(pages, fault, timing) : undefined)
  )
}

/** Alerts as they came and went, in the order of time. */
export function timelineOf({ episodes }: Run, { fault, minutes, evaluatedFrom = FIRST_EVALUATION }: Scenario): Table {
  const events: [number, string][] = [
    ...(fault === undefined ? [] : [[fault.from * 60, 'the fault begins'] as [number, string]]),
    ...(fault === undefined || fault.to > minutes ? [] : [[fault.to * 60, 'the fault ends'] as [number, string]]),
    ...episodes.flatMap((episode) => eventsOf(episode)),
    [minutes * 60, 'the data end'],
  ]
  const shown = events.filter(([second]) => second >= evaluatedFrom * 60).sort(([a], [b]) => a - b)
  const rows = shown.map(([second, event]) => [minuteOf(second), event])
  const most = rows.length > MOST_ROWS ? [...rows.slice(0, MOST_ROWS), ['…', `${rows.length - MOST_ROWS} more`]] : rows
  return [['minute', 'what happens'], ...most]
}

const MOST_ROWS = 12

export type Page = Episode & { readonly firedAt: number }

/** Whether the alert has fired, and pages. */
export function isPage(episode: Episode): episode is Page {
  return episode.firedAt !== undefined && episode.labels.get('severity') === 'page'
}

function missed(
  episodes: readonly Episode[],
  pages: readonly Page[],
  { job, from, to, ...fault }: Fault,
  { firesWithin }: Timing,
): Failure | undefined {
  const due = fault.firesWithin ?? firesWithin
  const inTime = pages.filter(({ firedAt }) => firedAt <= (from + due) * 60)
  if (inTime.some(({ labels }) => labels.get('job') === job)) return undefined
  const [other] = inTime
  if (other) return { kind: 'unnamed', seen: `an alert ${other.labels} that does not have job="${job}"` }
  const [late] = pages.filter(({ firedAt }) => firedAt <= to * 60)
  if (late)
    return {
      kind: 'late',
      seen: `${nameOf(late)} fires ${minuteOf(late.firedAt - from * 60)} minutes after the fault begins`,
    }
  const pending = episodes.find(({ activeAt }) => activeAt >= from * 60 && activeAt <= to * 60)
  if (pending)
    return {
      kind: 'pending',
      seen: `${pending.rule.name} is pending from minute ${minuteOf(pending.activeAt)} on, and never fires`,
    }
  return { kind: 'silent', seen: 'no alert' }
}

/** One fault is one page. */
function repeated(pages: readonly Page[], { job, to }: Fault): Failure | undefined {
  const own = pages.filter(({ labels, firedAt }) => labels.get('job') === job && firedAt < to * 60)
  for (const rule of new Set(own.map((page) => page.rule))) {
    const ofRule = own.filter((page) => page.rule === rule)
    const series = [...new Set(ofRule.map(({ labels }) => labels.toString()))]
    if (series.length > 1)
      return {
        kind: 'many',
        seen: `${series.length} alerts for one fault, among them ${series.slice(0, 2).join(' and ')}`,
      }
    if (ofRule.length > 1)
      return { kind: 'flapping', seen: `${rule.name} fires ${ofRule.length} times while the fault lasts` }
  }
  return undefined
}

/** An alert that ends says that all is well. */
function ended(pages: readonly Page[], { job, to }: Fault, minutes: number): Failure | undefined {
  const end = Math.min(to, minutes) * 60 - SCRAPE_INTERVAL
  const own = pages.filter(({ labels, firedAt }) => labels.get('job') === job && firedAt <= end)
  const last = Math.max(...own.map(({ endedAt = Number.POSITIVE_INFINITY }) => endedAt))
  if (last > end) return undefined
  return { kind: 'flapping', seen: `${nameOf(own[0] as Page)} ends at minute ${minuteOf(last)}, and the fault goes on` }
}

function elsewhere(pages: readonly Page[], { job }: Fault): Failure | undefined {
  const other = pages.find(({ labels }) => labels.get('job') !== job)
  return other && { kind: 'false', seen: `an alert ${other.labels} as well, and only ${job} has a fault` }
}

function lingering(pages: readonly Page[], { to }: Fault, { endsWithin }: Timing): Failure | undefined {
  const last = (to + endsWithin) * 60
  const after = pages.find(({ firedAt }) => firedAt > last)
  if (after) return { kind: 'false', seen: `${nameOf(after)} ${whenOf(after)}, and the fault ended at minute ${to}` }
  const long = pages.find(({ endedAt }) => endedAt === undefined || endedAt > last)
  if (long === undefined) return undefined
  const until =
    long.endedAt === undefined ? 'to the end of the data' : `for ${minuteOf(long.endedAt - to * 60)} minutes`
  return { kind: 'lingering', seen: `${nameOf(long)} goes on firing ${until} after the fault has ended` }
}

function eventsOf({ rule, labels, activeAt, firedAt, endedAt }: Episode): [number, string][] {
  const name = `${rule.name} ${labels.without(new Set(['alertname']))}`
  const isPending = rule.for > 0
  return [
    ...(isPending ? [[activeAt, `${name} is pending`] as [number, string]] : []),
    ...(firedAt === undefined ? [] : [[firedAt, `${name} fires`] as [number, string]]),
    ...(endedAt === undefined ? [] : [[endedAt, `${name} ends`] as [number, string]]),
  ]
}

function nameOf({ rule }: Episode): string {
  return rule.name
}

function whenOf({ firedAt, endedAt }: Page): string {
  const end = endedAt === undefined ? 'on' : `to minute ${minuteOf(endedAt)}`
  return `fires from minute ${minuteOf(firedAt)} ${end}`
}

/** `12` or `12:30` */
function minuteOf(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)]
  return rest === 0 ? String(minutes) : `${minutes}:${String(rest).padStart(2, '0')}`
}
