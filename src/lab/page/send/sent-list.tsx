import { duration } from '../format.ts'
import { addresses, view } from '../location.ts'
import { StatusBadge } from '../status-badge.tsx'
import { type Sent, sentRequests } from './sent-requests.ts'

/** The requests that this page has sent, newest first, to look at their stories again. */
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
        <span class="sent-path">
          <span class="method">{call.method}</span> {journey ? `${journey.step} ${shortPath(call.path)}` : call.path}
        </span>
        {answer && <StatusBadge status={answer.status} />}
        <span class="sent-time">{answer ? duration(answer.milliseconds) : problem ? 'no answer' : '…'}</span>
      </a>
    </li>
  )
}

/** An id says little in a list. */
function shortPath(path: string): string {
  return path.replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}/, '/…')
}
