import type { Panel } from '../../wire.ts'
import { OpenFile } from '../saved/open-file.tsx'
import { sendCall } from '../send/send-call.ts'
import { has, isCourse, state } from '../server/server-state.ts'

/** Shown before the first request. */
export function Welcome() {
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">Send a request, and see all that it leaves behind</h2>
      {isCourse.value && <FirstRequest />}
      <dl class="parts">
        <div>
          <dt>Log lines</dt>
          <dd>
            say what happened, one line at a time.
            {has('request_ids') && ' The request id on them says which request they belong to.'}
          </dd>
        </div>
        <div>
          <dt>Metrics</dt>
          <dd>
            count: how many requests, how many failures, how long they take. They know no single request.
            <Later panel="metrics" />
          </dd>
        </div>
        <div>
          <dt>The trace</dt>
          <dd>
            is one request as a tree of spans: which work waited for which, and where the time went.
            <Later panel="traces" />
          </dd>
        </div>
      </dl>
      <OpenFile />
    </section>
  )
}

function FirstRequest() {
  const send = () => {
    void sendCall({ method: 'GET', path: '/slow?ms=500' })
  }
  return (
    <>
      <p>
        <code>GET /slow</code> takes half a second. Can you find out why?
      </p>
      <button type="button" class="first" onClick={send}>
        Send GET /slow?ms=500
      </button>
    </>
  )
}

function Later({ panel }: { readonly panel: Panel }) {
  return has(panel) ? null : <> From phase {state.value?.panel_phase[panel]} on.</>
}
