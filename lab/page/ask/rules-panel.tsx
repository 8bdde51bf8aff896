import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { clock, count } from '../format.ts'
import { addresses } from '../location.ts'
import { pausedAt } from '../server/pause.ts'
import { SeriesName } from './labels.tsx'
import { type Alert, type AlertingRule, type RecordingRule, type RuleGroup, readRules } from './query-api.ts'
import { shortValue } from './values.ts'

/** Milliseconds between readings. */
const POLL_MS = 2000

interface Rules {
  readonly groups: readonly RuleGroup[]
  readonly problems: readonly string[]
}

const NONE: Rules = { groups: [], problems: [] }

/** The rules that the Lab evaluates and their alerts, as they are now. Nothing without a rule file. */
export function RulesPanel() {
  const { groups, problems } = useRules()
  if (groups.length + problems.length === 0) return null
  const rules = groups.flatMap((group) => group.rules)
  const alerting = rules.filter((rule) => rule.type === 'alerting')
  const firing = alerting.filter(({ state }) => state === 'firing').length
  const pending = alerting.filter(({ state }) => state === 'pending').length
  return (
    <section class="panel rules" aria-labelledby="rules-title">
      <h3 id="rules-title">
        Rules and alerts{' '}
        <small role="status">
          {count(alerting.length, 'alert rule')}, {firing} firing, {pending} pending;{' '}
          {count(rules.length - alerting.length, 'recording rule')}
        </small>
      </h3>
      {problems.map((problem) => (
        <p key={problem} class="remark warn rule-problem">
          {problem}
        </p>
      ))}
      {problems.length > 0 && groups.length > 0 && <p class="hint">The last rules that were right go on.</p>}
      {groups.map((group) => (
        <Group key={`${group.file};${group.name}`} group={group} />
      ))}
    </section>
  )
}

function useRules(): Rules {
  const found = useSignal(NONE)
  useEffect(() => {
    const read = () => {
      if (document.hidden) return
      readRules().then(
        (rules) => {
          found.value = rules
        },
        () => {
          // The page says by itself that the server does not answer.
        },
      )
    }
    read()
    const timer = setInterval(() => pausedAt.peek() === null && read(), POLL_MS)
    return () => clearInterval(timer)
  }, [])
  return found.value
}

function Group({ group: { name, file, interval, rules } }: { readonly group: RuleGroup }) {
  return (
    <div class="rule-group">
      <h4>
        {name}{' '}
        <small>
          <code>{file}</code>, evaluated every {interval} s
        </small>
      </h4>
      <ul>
        {rules.map((rule) => (
          <li key={rule.name + rule.query} class="rule">
            {rule.type === 'alerting' ? <AlertRule rule={rule} /> : <RecordRule rule={rule} />}
            {rule.lastError !== undefined && <p class="failure part-error">{rule.lastError}</p>}
          </li>
        ))}
      </ul>
    </div>
  )
}

function RecordRule({ rule }: { readonly rule: RecordingRule }) {
  return (
    <div class="rule-title">
      <span class="rule-state">records</span>
      <b>{rule.name}</b>
      <AskLink query={rule.name} text="Ask it" what={rule.name} />
      <AskLink query={rule.query} text="Ask its query" what={rule.name} />
    </div>
  )
}

const BADGES: Readonly<Record<AlertingRule['state'], string>> = {
  firing: 'badge error',
  pending: 'badge warn',
  inactive: 'badge ok',
  unknown: 'rule-state',
}

function AlertRule({ rule }: { readonly rule: AlertingRule }) {
  const { name, state, duration, keepFiringFor, query, alerts } = rule
  return (
    <>
      <div class="rule-title">
        <span class={BADGES[state]}>{state}</span>
        <b>{name}</b>
        {duration > 0 && <span class="hint">for {duration} s</span>}
        {keepFiringFor > 0 && <span class="hint">keeps firing for {keepFiringFor} s</span>}
        <AskLink query={query} text="Ask its query" what={name} />
      </div>
      {alerts.length > 0 && (
        <ul class="alerts">
          {alerts.map((alert) => (
            <AlertItem key={JSON.stringify(alert.labels)} alert={alert} />
          ))}
        </ul>
      )}
    </>
  )
}

function AlertItem({ alert: { state, labels, annotations, activeAt, value } }: { readonly alert: Alert }) {
  const { alertname: _, ...others } = labels
  return (
    <li class="alert">
      <p>
        <span class={state === 'firing' ? 'badge error' : 'badge warn'}>{state}</span> since{' '}
        <time>{clock(activeAt)}</time>, value {shortValue(value)} <SeriesName metric={others} />
      </p>
      <dl class="annotations">
        {Object.entries(annotations).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{/^https?:\/\//.test(text) ? <ExternalLink url={text} /> : text}</dd>
          </div>
        ))}
      </dl>
    </li>
  )
}

function ExternalLink({ url }: { readonly url: string }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {url}
    </a>
  )
}

function AskLink(props: { readonly query: string; readonly text: string; readonly what: string }) {
  return (
    <a class="rule-ask" href={addresses.ask({ language: 'promql', query: props.query, over: '5m' })}>
      {props.text}
      <span class="visually-hidden">: {props.what}</span>
    </a>
  )
}
