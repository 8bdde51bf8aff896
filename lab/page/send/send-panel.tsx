import { isCourse } from '../server/server-state.ts'
import { EndpointForm } from './endpoint-form.tsx'
import { endpoints } from './endpoints.ts'
import { JourneyForm } from './journey-form.tsx'
import { SentList } from './sent-list.tsx'
import { mixes } from './traffic.ts'
import { TrafficForm } from './traffic-form.tsx'

export function SendPanel() {
  return (
    <aside class="send" aria-label="Send">
      <section aria-labelledby="send-title">
        <h2 id="send-title">Send a request</h2>
        <div class="endpoints">
          {endpoints.value.map((endpoint) => (
            <EndpointForm key={endpoint.path} endpoint={endpoint} />
          ))}
          {isCourse.value && <JourneyForm />}
        </div>
        {endpoints.value.length === 0 && <p>No route of this service takes a GET without parameters.</p>}
      </section>
      {mixes.value.length > 0 && (
        <section aria-labelledby="traffic-title">
          <h2 id="traffic-title">Traffic</h2>
          <TrafficForm />
        </section>
      )}
      <SentList />
    </aside>
  )
}
