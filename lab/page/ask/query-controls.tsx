import { CopyButton } from '../copy-button.tsx'
import { clock } from '../format.ts'
import { ToolLink } from '../header/tool-links.tsx'
import { addresses } from '../location.ts'
import { grafanaPath, prometheusPath } from '../metrics/query-links.ts'
import { isBusy, isLive, LIVE_SECONDS, language, over, run, shown, text, texts } from './ask-state.ts'
import { examplesFor } from './examples.ts'
import { forgetHistory, queryHistory, type Remembered } from './query-history.ts'
import { PERIODS, type Period, type Shown, toParameters } from './questions.ts'

const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  now: 'now',
  '1m': 'the last minute',
  '5m': 'the last 5 minutes',
  '15m': 'the last 15 minutes',
}

/** What to do with the query. */
export function QueryControls() {
  const query = text.value.trim()
  return (
    <div class="query-controls">
      <button type="button" class="first" disabled={query === ''} onClick={() => run({ show: 'result' })}>
        Run
      </button>
      <button type="button" class="primary" disabled={query === ''} onClick={() => run({ show: 'explain' })}>
        Explain
      </button>
      <label class="parameter">
        <span>over</span>
        <select
          value={over.value}
          onChange={(event) => {
            over.value = event.currentTarget.value as Period
            run()
          }}
        >
          {(Object.keys(PERIODS) as Period[]).map((period) => (
            <option key={period} value={period}>
              {PERIOD_NAMES[period]}
            </option>
          ))}
        </select>
      </label>
      <label class="parameter">
        <input
          type="checkbox"
          checked={isLive.value}
          onChange={(event) => {
            isLive.value = event.currentTarget.checked
          }}
        />
        <span>every {LIVE_SECONDS} s</span>
      </label>
      <span class="busy" role="status">
        {isBusy.value && 'Running …'}
      </span>
      {query !== '' && <QueryLinks query={query} />}
    </div>
  )
}

function QueryLinks({ query }: { readonly query: string }) {
  const show: Shown = shown.value
  const address = addresses.ask(toParameters({ language: language.value, query, over: over.value, show }))
  const isPromql = language.value === 'promql'
  return (
    <span class="query-actions">
      <CopyButton text={query} what="query" label="copy query" />
      <CopyButton text={`${location.origin}${location.pathname}${address}`} what="link" label="copy link" />
      {isPromql && <ToolLink tool="prometheus" path={prometheusPath(query)} what="this query" />}
      <ToolLink tool="grafana" path={grafanaPath(query, isPromql ? 'prometheus' : 'loki')} what="this query" />
    </span>
  )
}

/** Queries to begin with, and those that were run before. */
export function QueryLists() {
  const history = queryHistory.value.filter((known) => known.language === language.value)
  const isEmpty = text.value.trim() === ''
  return (
    <div class="query-lists">
      <details open={isEmpty && history.length === 0}>
        <summary>Examples</summary>
        <ul class="examples">
          {examplesFor(language.value).map(({ question, query, over: period }) => (
            <li key={question}>
              <button type="button" class="query-choice" onClick={() => choose(query, period)}>
                <span>{question}</span>
                <code>{query}</code>
              </button>
            </li>
          ))}
        </ul>
      </details>
      <details>
        <summary>History ({history.length})</summary>
        <History history={history} />
      </details>
    </div>
  )
}

function History({ history }: { readonly history: readonly Remembered[] }) {
  if (history.length === 0) return <p class="hint">Queries that you run are kept here, in this browser alone.</p>
  return (
    <>
      <ul class="examples">
        {history.map(({ query, over: period, time }) => (
          <li key={query}>
            <button type="button" class="query-choice" onClick={() => choose(query, period)}>
              <code>{query}</code>
              <small>
                {PERIOD_NAMES[period]}, at {clock(time).slice(0, 5)}
              </small>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="quiet" onClick={forgetHistory}>
        Forget the history
      </button>
    </>
  )
}

function choose(query: string, period: Period): void {
  texts[language.value].value = query
  over.value = period
  run()
}
