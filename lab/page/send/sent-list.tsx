import { duration } from '../format.ts'
import { addresses, view } from '../location.ts'
import { StatusBadge } from '../status-badge.tsx'
import { type Sent, sentRequests } from './sent-requests.ts'

/** The requests that this page has sent, newest first, with links to their stories. */
export function SentList() {
  if (sentRequests.value.length === 0) return null
  return (
    <section class="sent" aria-labelledby="sent-title">
      <h2 id="sent-title">Sent</h2>
      <ol>
        {sentRequests.value.map((sent) => (
          <SentItem key={sent.requestId} sent={sent} />
        ))}
      </ol>
    </section>
  )
}

function SentItem({ sent }: { readonly sent: Sent }) {
  const { requestId, call, answer, problem, journey } = sent
  const here = view.value.name === 'request' && view.value.requestId === requestId
  return (
    <li>
      <a href={addresses.request(requestId)} aria-current={here ? 'page' : undefined}>
        <span class="sent-path" title={`${call.method} ${call.path}`}>
          <span class="method">{journey ? 'Book:' : call.method}</span> {journey ? journey.step : call.path}
        </span>
        {answer && <StatusBadge status={answer.status} />}
        <span class="sent-time">{answer ? duration(answer.milliseconds) : problem ? 'no answer' : '…'}</span>
      </a>
    </li>
  )
}
