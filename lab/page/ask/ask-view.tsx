import { useEffect } from 'preact/hooks'
import type { Language } from '../../wire.ts'
import { view } from '../location.ts'
import { PhaseNotice } from '../phase-gate.tsx'
import { pausedAt } from '../server/pause.ts'
import { has, state } from '../server/server-state.ts'
import { clearAnswer, isLive, LIVE_SECONDS, language, open, refresh } from './ask-state.ts'
import { Editor } from './editor.tsx'
import { Explained } from './explained.tsx'
import { Outcome } from './outcome.tsx'
import { QueryControls, QueryLists } from './query-controls.tsx'
import { fromParameters } from './questions.ts'
import { RulesPanel } from './rules-panel.tsx'

const LANGUAGES: Readonly<Record<Language, { readonly title: string; readonly about: string }>> = {
  promql: { title: 'PromQL', about: 'asks the metrics' },
  logql: { title: 'LogQL', about: 'asks the logs' },
}

/** Queries in PromQL and LogQL over what the Lab keeps: results, graphs, and how they come about. */
export function AskView() {
  const address = view.value.name === 'ask' ? view.value.query.toString() : ''
  const instance = state.value?.instance
  useEffect(clearAnswer, [instance])
  useEffect(() => {
    const question = fromParameters(new URLSearchParams(address))
    if (question !== undefined) open(question)
  }, [address, instance])
  useLiveRuns()
  const now = language.value
  return (
    <section class="ask" aria-labelledby="ask-title">
      <h2 id="ask-title" class="visually-hidden">
        Ask
      </h2>
      <div class="panel ask-query">
        <LanguageSwitch />
        {now === 'promql' && !has('metrics') ? (
          <PhaseNotice panel="metrics" what="Metrics, which PromQL asks, come" />
        ) : (
          <>
            <Editor />
            <QueryControls />
            <QueryLists />
          </>
        )}
      </div>
      <Outcome explained={<Explained />} />
      {has('metrics') && <RulesPanel />}
    </section>
  )
}

function LanguageSwitch() {
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">Language</legend>
      {(Object.keys(LANGUAGES) as Language[]).map((key) => (
        <label key={key}>
          <input
            type="radio"
            name="language"
            checked={language.value === key}
            onChange={() => {
              language.value = key
            }}
          />
          <span>
            {LANGUAGES[key].title} <small>{LANGUAGES[key].about}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** Runs the query again and again, while the page is seen. */
function useLiveRuns(): void {
  const on = isLive.value
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => {
      if (!document.hidden && pausedAt.peek() === null) refresh()
    }, LIVE_SECONDS * 1000)
    return () => clearInterval(timer)
  }, [on])
}
