import { EndpointForm } from './endpoint-form.tsx'
import { endpoints } from './endpoints.ts'
import { JourneyForm } from './journey-form.tsx'
import { SentList } from './sent-list.tsx'
import { TrafficForm } from './traffic-form.tsx'

export function SendPanel() {
  return (
    <aside class="send" aria-label="Send">
      <section aria-labelledby="send-title">
        <h2 id="send-title">Send a request</h2>
        <div class="endpoints">
          {endpoints.map((endpoint) => (
            <EndpointForm key={endpoint.path} endpoint={endpoint} />
          ))}
          <JourneyForm />
        </div>
      </section>
      <section aria-labelledby="traffic-title">
        <h2 id="traffic-title">Traffic</h2>
        <TrafficForm />
      </section>
      <SentList />
    </aside>
  )
}
