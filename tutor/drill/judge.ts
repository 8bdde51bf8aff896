import { type Cause, claimsIn, type Misleading, otherCausesIn, type Showing, type Term } from './cause.ts'
import type { Citation, GivenAnswer } from './given-answer.ts'
import type { TraceStore } from './trace-store.ts'

/** Evidence that shows a cause. */
export interface Shown {
  readonly name: string
  readonly because: string
}

/** A cause that was found. */
export interface Finding {
  readonly cause: Cause
  /** The learner's. */
  readonly words: string
  readonly evidence: readonly Shown[]
  readonly at: Date
  /** The answers that were given until then. */
  readonly tries: number
}

/** An argument is not a pile. */
const MOST_CITATIONS = 3
const MOST_CHARACTERS = 500
/** Series that one looks at one by one. */
const MOST_SERIES = 12

interface Progress {
  readonly cause: Cause
  words: string | undefined
  evidence: Shown[]
}

/** How an answer's words fit a cause. */
interface Fit {
  readonly fits: boolean
  /** Terms that the words lack; all of them when none is there. */
  readonly missing: readonly Term[]
}

interface Verdict {
  readonly citation: Citation
  readonly showing: Showing
}

/**
 * Judges answers by the evidence that they cite. A cause is found when some answer has named it, and some evidence that
 * was cited shows it.
 */
export class Judge {
  readonly findings: Finding[] = []
  tries = 0
  readonly #progress: readonly Progress[]
  readonly #misleading: readonly Misleading[]
  readonly #traces: TraceStore

  constructor(causes: readonly Cause[], misleading: readonly Misleading[], traces: TraceStore) {
    this.#progress = causes.map((cause) => ({ cause, words: undefined, evidence: [] }))
    this.#misleading = misleading
    this.#traces = traces
  }

  /** How many causes are still to be found. */
  get missed(): number {
    return this.#progress.length - this.findings.length
  }

  get isDone(): boolean {
    return this.missed === 0
  }

  /** @returns what to tell the learner */
  judge(answer: GivenAnswer): string {
    this.tries++
    const { words, citations, unknown } = answer
    if (citations.length > MOST_CITATIONS)
      return `You cite ${citations.length} pieces of evidence. Choose the one to three that show the cause: whoever reads your report has to look at each.`
    if (words.length > MOST_CHARACTERS) return 'Say it in one or two sentences.'
    const others = otherCausesIn(
      words,
      this.#progress.flatMap(({ cause }) => cause.related),
    )
    const misled = this.#misleading.find((each) => each.words.test(claimsIn(words)))
    const open = this.#progress.filter(({ cause }) => !this.findings.some((found) => found.cause === cause))
    const looked = open.map((progress) => this.#look(progress, answer, others.length === 0 && misled === undefined))
    const found = looked.filter(({ progress }) => progress.words !== undefined && progress.evidence.length > 0)
    for (const { progress } of found) this.#find(progress)
    if (found.length > 0) return this.#tellFound(found.map(({ progress }) => progress.cause))
    const best = looked.toSorted((a, b) => closeness(b) - closeness(a))[0] as Looked
    const named = misled === undefined ? others : [misled.but]
    return [...this.#tellWords(answer, best, named, misled !== undefined), ...unknown, ...reasons(best.verdicts)].join(
      '\n',
    )
  }

  #look(progress: Progress, { words, citations }: GivenAnswer, isOnlyCause: boolean): Looked {
    const fit = fitOf(progress.cause, words)
    const verdicts = citations.map((citation) => ({
      citation,
      showing: showingOf(citation, progress.cause, this.#traces),
    }))
    if (!isOnlyCause) progress.words = undefined
    else if (fit.fits) progress.words = words
    for (const { citation, showing } of verdicts) {
      const isNew = progress.evidence.every(({ name }) => name !== citation.name)
      if (showing.shows === 'cause' && isNew) progress.evidence.push({ name: citation.name, because: showing.because })
    }
    return { progress, fit, verdicts }
  }

  #find({ cause, words, evidence }: Progress): void {
    this.findings.push({ cause, words: words as string, evidence, at: new Date(), tries: this.tries })
  }

  #tellFound(causes: readonly Cause[]): string {
    return [
      ...causes.map((cause) => {
        const { evidence } = this.findings.find((finding) => finding.cause === cause) as Finding
        return `Right: ${cause.name}.\n${evidence.map(({ name, because }) => `  ${name}: ${because}`).join('\n')}`
      }),
      ...(this.missed > 0
        ? ['That does not explain all of the report. Something else is wrong as well: what, and what shows it?']
        : []),
    ].join('\n')
  }

  #tellWords(
    { words, citations }: GivenAnswer,
    { progress, fit, verdicts }: Looked,
    named: readonly string[],
    isMisled: boolean,
  ): string[] {
    const isShown = progress.evidence.length > 0
    if (isMisled) return [...named]
    if (named.length > 0)
      return [
        fit.fits
          ? `That is more than one cause: you also name ${named.join(' and ')}. Decide, and say what you rule out.`
          : `${isShown ? 'The evidence shows something else than' : 'The telemetry does not show'} ${named.join(' or ')}.`,
      ]
    if (progress.words !== undefined)
      return [
        citations.length > 0
          ? 'The cause fits; nothing you cited shows it.'
          : 'The cause fits; nothing you cited shows it. Cite a trace id, ask <#>, or the request_id of a log line.',
      ]
    const [term] = fit.missing
    const isPart = fit.missing.length < progress.cause.terms.length
    if (words === '') {
      if (verdicts.some(({ showing }) => showing.shows === 'cause')) return ['That shows it. What is the cause?']
      const [shown] = progress.evidence
      return [
        shown === undefined
          ? 'What is the cause, in your own words?'
          : `What is the cause? ${shown.name} shows it, this does not.`,
      ]
    }
    if (isPart)
      return [`${isShown ? 'The evidence shows it, and part' : 'Part'} of the cause fits. ${(term as Term).missing}`]
    if (SYMPTOM.test(words))
      return [
        isShown
          ? 'The evidence shows it, but that is the symptom; what made it happen?'
          : 'That is the symptom. What made it happen?',
      ]
    return [isShown ? 'The evidence shows it, but the cause that you name is another one.' : 'That is not it.']
  }
}

const SYMPTOM = /slow|latenc|wait|hang|fail|error|5\d\d|worse|longer|took|takes|time|missing|grow|memory/i

interface Looked {
  readonly progress: Progress
  readonly fit: Fit
  readonly verdicts: readonly Verdict[]
}

/** Of several causes, the answer is about the one that it comes closest to. */
function closeness({ progress, fit, verdicts }: Looked): number {
  const terms = progress.cause.terms.length - fit.missing.length
  return (
    (fit.fits ? 8 : terms) +
    (verdicts.some(({ showing }) => showing.shows === 'cause') ? 4 : 0) +
    (verdicts.some(({ showing }) => showing.shows === 'symptom') ? 1 : 0)
  )
}

function fitOf({ terms }: Cause, words: string): Fit {
  const text = words.toLowerCase()
  const missing = terms.filter((term) => !term.words.test(text))
  return { fits: missing.length === 0, missing }
}

function showingOf(citation: Citation, cause: Cause, traces: TraceStore): Showing {
  switch (citation.kind) {
    case 'trace':
      return cause.trace?.(citation.trace, traces) ?? NOT_IN_TRACES
    case 'line':
      return bestOf(citation.lines.map((line) => cause.line?.(line, traces) ?? NOT_IN_LINES))
    case 'query':
      return showingOfQuery(citation, cause, traces)
  }
}

function showingOfQuery({ asked }: Extract<Citation, { kind: 'query' }>, cause: Cause, traces: TraceStore): Showing {
  const { data } = asked.answer
  const count = data.resultType === 'streams' ? data.result.flatMap(({ values }) => values).length : data.result.length
  const nothing = (because: string): Showing => ({ shows: 'nothing', because })
  if (count === 0) return nothing('It found nothing.')
  if (data.resultType === 'streams') {
    if (count > MOST_CITATIONS) return nothing(`It has ${count} lines. Which of them shows it?`)
    const lines = data.result.flatMap(({ values }) => values.map(([, line]) => JSON.parse(line)))
    return bestOf(lines.map((line) => cause.line?.(line, traces) ?? NOT_IN_LINES))
  }
  if (data.resultType === 'scalar' || data.resultType === 'string') return NOT_IN_METRICS
  if (count > MOST_SERIES) return nothing(`It has ${count} series. Ask so that those that matter stand out.`)
  return cause.query?.(asked) ?? NOT_IN_METRICS
}

const NOT_IN_TRACES: Showing = { shows: 'nothing', because: 'A single trace does not show it.' }
const NOT_IN_LINES: Showing = { shows: 'nothing', because: 'A log line does not show it.' }
const NOT_IN_METRICS: Showing = { shows: 'nothing', because: 'That number does not show it.' }

const ORDER = ['nothing', 'symptom', 'cause'] as const

function bestOf(showings: readonly Showing[]): Showing {
  return showings.toSorted((a, b) => ORDER.indexOf(b.shows) - ORDER.indexOf(a.shows))[0] ?? NOT_IN_LINES
}

function reasons(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(
    ({ citation: { name }, showing: { shows, because } }) =>
      `  ${name}: ${shows === 'symptom' ? `that is a symptom. ${because}` : because}`,
  )
}
