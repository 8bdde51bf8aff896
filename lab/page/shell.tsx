import type { ComponentChildren } from 'preact'
import { LazyAskView } from './ask/lazy-ask-view.tsx'
import { ConnectionStatus } from './header/connection-status.tsx'
import { Notices } from './header/notices.tsx'
import { PauseButton } from './header/pause-button.tsx'
import { PhaseSteps } from './header/phase-steps.tsx'
import { ToolsFooter } from './header/tool-links.tsx'
import { addresses, addressOf, lastRequest, type View, view } from './location.ts'
import { LogsView } from './log/logs-view.tsx'
import { MetricsView } from './metrics/metrics-view.tsx'
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
      {state.value === null ? (
        <p class="waiting">Asking the server …</p>
      ) : (
        <div class="columns">
          <SendPanel />
          <div class="work">
            <Views />
            <main id="main" tabIndex={-1}>
              <Current view={view.value} />
            </main>
          </div>
        </div>
      )}
      <ToolsFooter />
    </>
  )
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
        <ViewLink address={lastRequest.value} here={name === 'request' || name === 'trace'}>
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

function Current({ view: now }: { readonly view: View }) {
  switch (now.name) {
    case 'logs':
      return <LogsView />
    case 'metrics':
      return <MetricsView />
    case 'traces':
      return <TracesView />
    case 'ask':
      return <LazyAskView />
    default:
      return <StoryView />
  }
}
