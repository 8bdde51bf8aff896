import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RouteImpact } from './call-log.ts'
import type { Finding } from './judge.ts'
import { clock } from './question.ts'

/** What a drill knows about its incident. */
export interface IncidentRecord {
  readonly title: string
  readonly report: string
  readonly beganAt: Date
  readonly pagedAt: Date
  /** When the learner knew enough, or gave up. */
  readonly endedAt: Date
  readonly findings: readonly Finding[]
  /** Causes that were not found. */
  readonly missed: number
  /** Answers in free form. */
  readonly tries: number
  readonly hasAskedForQuestions: boolean
  readonly impact: readonly RouteImpact[]
}

const TEMPLATE = new URL('../../../lessons/7-alerting/postmortem.md', import.meta.url)

/**
 * Writes `postmortem.md`: the template, filled with what the learner found. An earlier one is renamed and kept.
 *
 * @param folder where to write it
 * @returns the path of the file
 */
export function writePostmortem(folder: string, incident: IncidentRecord): string {
  const path = join(folder, 'postmortem.md')
  if (existsSync(path)) {
    const written = statSync(path).mtime.toISOString().replace(/:/g, '-').slice(0, 19)
    renameSync(path, join(folder, `postmortem-${written}.md`))
  }
  writeFileSync(path, fillTemplate(readFileSync(TEMPLATE, 'utf8'), incident))
  return path
}

/** Fills sections of the template. What only the learner can know stays to be filled in. */
export function fillTemplate(template: string, incident: IncidentRecord): string {
  const { title, report, beganAt, pagedAt, findings } = incident
  const filled = template
    .replace('_title_', title)
    .replace(/^\| Date \|.*$/m, () => `| Date | ${beganAt.toISOString().slice(0, 10)} |`)
  const detected = Math.round((pagedAt.getTime() - beganAt.getTime()) / 1000)
  return [
    ['Impact', impactText(incident)],
    ['Timeline', timelineText(incident)],
    ['Detection', `The pager went off ${detected} s after it began. The report: "${report}"`],
    ['Cause', findings.map(({ words }) => `> ${words}`).join('\n\n')],
    [
      'Evidence',
      findings.flatMap(({ evidence }) => evidence.map((shown) => `- ${shown.name}: ${shown.because}`)).join('\n'),
    ],
  ].reduce((text, [section, content]) => insert(text, section as string, content as string), filled)
}

/** Puts content below a heading, above what is to be filled in. */
function insert(text: string, section: string, content: string): string {
  const heading = `## ${section}\n\n`
  if (!text.includes(heading)) throw new Error(`the template of postmortems has no section ${section}`)
  return content === '' ? text : text.replace(heading, () => `${heading}${content}\n\n`)
}

function timelineText({
  beganAt,
  pagedAt,
  endedAt,
  findings,
  missed,
  tries,
  hasAskedForQuestions,
}: IncidentRecord): string {
  const events = [
    { at: beganAt, what: 'It began. (Replace this with the change that did it.)' },
    { at: pagedAt, what: 'The pager went off.' },
    ...findings.map(({ at, words, tries }) => ({ at, what: `Cause found, with answer ${tries}: ${words}` })),
    {
      at: endedAt,
      what: [
        `End of the investigation, after ${tries} ${tries === 1 ? 'answer' : 'answers'} in free form`,
        hasAskedForQuestions ? ' and with guided questions' : '',
        missed > 0 ? `; ${findings.length === 0 ? 'the cause' : 'the rest'} was told` : '',
        '.',
      ].join(''),
    },
  ]
  return ['| UTC | |', '| --- | --- |', ...events.map(({ at, what }) => `| ${clock(at)} | ${inCell(what)} |`)].join(
    '\n',
  )
}

function impactText({ impact }: IncidentRecord): string {
  return [
    'What callers saw since it began, from the moment a request was due:',
    '',
    '| route | calls | 5xx | no answer | median | median before | slowest |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...impact.map(
      ({ route, calls, failed, unanswered, medianMs, medianBeforeMs, slowestMs }) =>
        `| ${[inCell(route), calls, failed, unanswered, ms(medianMs), ms(medianBeforeMs), ms(slowestMs)].join(' | ')} |`,
    ),
  ].join('\n')
}

function ms(duration: number | undefined): string {
  return duration === undefined ? '' : `${duration.toFixed(0)} ms`
}

function inCell(text: string): string {
  return text.replace(/\|/g, '\\|')
}
