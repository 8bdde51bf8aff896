import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { LazyAskView } from './ask/lazy-ask-view.tsx'
import { CompareView } from './compare/compare-view.tsx'
import { ConnectionStatus } from './header/connection-status.tsx'
import { Notices } from './header/notices.tsx'
import { PauseButton } from './header/pause-button.tsx'
import { PhaseSteps } from './header/phase-steps.tsx'
import { ToolsFooter } from './header/tool-links.tsx'
import { LearnColumn } from './learn/learn-column.tsx'
import { hasLearn, lastPlace, openPage } from './learn/lessons-state.ts'
import { PathView } from './learn/path-view.tsx'
import { addresses, addressOf, type LearnPlace, lastRequest, liveView, type View, view } from './location.ts'
import { LogsView } from './log/logs-view.tsx'
import { MetricsView } from './metrics/metrics-view.tsx'
import { DroppedFile } from './saved/open-file.tsx'
import { SendPanel } from './send/send-panel.tsx'
import { state } from './server/server-state.ts'
import { StoryView } from './story/story-view.tsx'
import { TracesView } from './traces/traces-view.tsx'

/** The frame of the page: the phases, the send panel, and one of five views. */
export function Shell() {
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the view
      </button>
      <header class="top">
        <div class="brand">
          <h1>Lab</h1>
          <span class="service">{state.value?.service}</span>
          <span class="status-line">
            <ConnectionStatus />
            <PauseButton />
          </span>
        </div>
        <PhaseSteps />
      </header>
      <Notices />
      <DroppedFile />
      {state.value === null ? <p class="waiting">Asking the server …</p> : <Columns />}
      <ToolsFooter />
    </>
  )
}

/** The path of the course alone; or a lesson beside a view; or the send panel beside a view. */
function Columns() {
  const isLearn = hasLearn.value && view.value.name === 'learn'
  const page = hasLearn.value ? openPage.value : null
  useKeptScroll(isLearn)
  if (page !== null)
    return (
      <div class="with-lesson" data-tab={isLearn ? 'lesson' : 'view'}>
        <Views />
        <details class="send-fold">
          <summary>Send a request, or traffic</summary>
          <SendPanel />
        </details>
        <main id="main" tabIndex={-1}>
          <section class="lesson-column" aria-label="Lesson">
            <LearnColumn page={page} />
          </section>
          <section class="view-column" aria-label="View">
            <Current view={liveView.value} />
          </section>
        </main>
      </div>
    )
  if (isLearn)
    return (
      <div class="work">
        <Views />
        <main id="main" tabIndex={-1}>
          <PathView />
        </main>
      </div>
    )
  return (
    <div class="columns">
      <SendPanel />
      <div class="work">
        <Views />
        <main id="main" tabIndex={-1}>
          <Current view={liveView.value} />
        </main>
      </div>
    </div>
  )
}

/** On a narrow screen the lesson and the view are tabs, each of which is found again where it was left. */
function useKeptScroll(isLearn: boolean): void {
  const tops = useRef({ lesson: 0, view: 0 })
  useLayoutEffect(() => {
    const tab = isLearn ? 'lesson' : 'view'
    if (matchMedia('(max-width: 1099px)').matches && openPage.value !== null) scrollTo(0, tops.current[tab])
    const onScroll = () => {
      tops.current[tab] = scrollY
    }
    addEventListener('scroll', onScroll, { passive: true })
    return () => removeEventListener('scroll', onScroll)
  }, [isLearn])
}

/** Not a link to `#main`, because the address selects the view. */
function skip(): void {
  document.getElementById('main')?.focus()
}

function Views() {
  const { name } = view.value
  return (
    <nav class="views" aria-label="Views">
      <ul>
        {hasLearn.value && (
          <ViewLink address={openPage.value === null ? addresses.learn() : lastPlace.value} here={name === 'learn'}>
            Learn
          </ViewLink>
        )}
        <ViewLink address={lastRequest.value} here={name === 'request' || name === 'trace' || name === 'file'}>
          Request
        </ViewLink>
        <ViewLink address={addressOf('logs')} here={name === 'logs'}>
          Logs
        </ViewLink>
        <ViewLink address={addressOf('metrics')} here={name === 'metrics'}>
          Metrics
        </ViewLink>
        <ViewLink address={addressOf('traces')} here={name === 'traces'}>
          Traces
        </ViewLink>
        <ViewLink address={addresses.ask()} here={name === 'ask'}>
          Ask
        </ViewLink>
      </ul>
    </nav>
  )
}

function ViewLink(props: { readonly address: string; readonly here: boolean; readonly children: ComponentChildren }) {
  return (
    <li>
      <a href={props.address} aria-current={props.here ? 'page' : undefined}>
        {props.children}
      </a>
    </li>
  )
}

function Current({ view: now }: { readonly view: Exclude<View, LearnPlace> }) {
  switch (now.name) {
    case 'logs':
      return <LogsView />
    case 'metrics':
      return <MetricsView />
    case 'traces':
      return <TracesView />
    case 'compare':
      return <CompareView />
    case 'ask':
      return <LazyAskView />
    default:
      return <StoryView />
  }
}
