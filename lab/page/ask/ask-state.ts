import { batch, computed, signal } from '@preact/signals'
import type { Explanation, Language, State } from '../../wire.ts'
import { addresses, go } from '../location.ts'
import { getJson } from '../server/api.ts'
import { has } from '../server/server-state.ts'
import { type Answer, ask, explain } from './query-api.ts'
import { remember } from './query-history.ts'
import { type Period, type Question, type Shown, toParameters } from './questions.ts'

/** What is in the editor and beside it, run or not. */
export const language = signal<Language>(has('metrics') ? 'promql' : 'logql')
export const texts = { promql: signal(''), logql: signal('') }
export const over = signal<Period>('5m')
export const shown = signal<Shown>('result')

export const isLive = signal(false)
export const isBusy = signal(false)

/** Of the last run. */
export const answer = signal<Answer | null>(null)
export const explanation = signal<Explanation | null>(null)
export const problem = signal<string | null>(null)

export const text = computed(() => texts[language.value].value)

/** Seconds between live runs. */
export const LIVE_SECONDS = 5

/** The run that is shown or awaited. */
let current: { readonly question: Question; readonly time: number } | undefined
/** Of the server's clock against this one, in milliseconds. */
let skew: Promise<number> | undefined

/** Runs what is in the editor. */
export function run(changes: Partial<Question> = {}): void {
  const question: Question = {
    language: language.value,
    query: text.value,
    over: over.value,
    show: shown.value,
    ...changes,
  }
  if (question.query.trim() === '') return
  const address = addresses.ask(toParameters(question))
  // The address says what is shown, and a changed one leads to `open`.
  if (location.hash === address) void load(question, undefined)
  else go(address)
}

/** Shows the question of an address. */
export function open(question: Question): void {
  batch(() => {
    language.value = question.language
    texts[question.language].value = question.query
    over.value = question.over
    shown.value = question.show
  })
  const isSame = current !== undefined && isSameQuery(current.question, question)
  void load(question, isSame ? current?.time : undefined)
}

/** Runs the last query again, for the present. */
export function refresh(): void {
  if (current !== undefined && !isBusy.value) void load(current.question, undefined, false)
}

/** Forgets the answer, when the server has forgotten the data. */
export function clearAnswer(): void {
  current = undefined
  skew = undefined
  batch(() => {
    answer.value = null
    explanation.value = null
    problem.value = null
  })
}

/** @param time in seconds; undefined for now */
async function load(question: Question, time: number | undefined, isNew = true): Promise<void> {
  const isSame = time !== undefined
  const known = question.show === 'explain' ? explanation.value : answer.value
  if (isSame && known !== null && problem.value === null) return
  isBusy.value = true
  const run = { question, time: time ?? (await now()) }
  current = run
  try {
    const found = question.show === 'explain' ? await explain(question, run.time) : await ask(question, run.time)
    if (current !== run) return
    batch(() => {
      problem.value = null
      if ('root' in found) explanation.value = found
      else answer.value = found
      if (!isSame && 'root' in found) answer.value = null
      if (!isSame && 'data' in found) explanation.value = null
    })
    if (isNew) remember(question)
  } catch (error) {
    if (current !== run) return
    batch(() => {
      problem.value = (error as Error).message
      answer.value = null
      explanation.value = null
    })
  } finally {
    if (current === run) isBusy.value = false
  }
}

function isSameQuery(a: Question, b: Question): boolean {
  return a.language === b.language && a.query === b.query && a.over === b.over
}

/** The server's time, in seconds since 1970. */
async function now(): Promise<number> {
  skew ??= measureSkew()
  return Math.round(Date.now() + (await skew)) / 1000
}

async function measureSkew(): Promise<number> {
  const sent = Date.now()
  try {
    const { time } = await getJson<State>('state')
    return time - (sent + Date.now()) / 2
  } catch {
    return 0
  }
}
