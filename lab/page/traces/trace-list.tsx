import type { TraceSummary } from '../../wire.ts'
import { clock, duration } from '../format.ts'
import { addresses } from '../location.ts'
import { ScrollBox } from '../scroll-box.tsx'
import { StatusBadge } from '../status-badge.tsx'
import { serviceColour } from '../story/service-colour.ts'

/** Traces as links to their stories, with bars to compare durations. */
export function TraceList({ traces }: { readonly traces: readonly TraceSummary[] }) {
  const longest = Math.max(...traces.map((trace) => trace.duration))
  return (
    <ScrollBox class="table-box trace-list" label="Traces found">
      <table>
        <thead>
          <tr>
            <th scope="col">time</th>
            <th scope="col">trace</th>
            <th scope="col">status</th>
            <th scope="col">duration</th>
            <th scope="col" class="number wide">
              spans
            </th>
            <th scope="col" class="wide">
              services
            </th>
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <TraceItem key={trace.trace_id} trace={trace} longest={longest} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

function TraceItem({ trace, longest }: { readonly trace: TraceSummary; readonly longest: number }) {
  const { trace_id, name, start, http_status, status, errors, spans, services, finished } = trace
  return (
    <tr>
      <td>
        <time>{clock(start)}</time>
      </td>
      <th scope="row">
        <a href={addresses.trace(trace_id)}>{name}</a>
      </th>
      <td>
        {finished ? http_status !== undefined && <StatusBadge status={http_status} /> : <small>under way</small>}{' '}
        {status === 'error' && <span class="failure">{errors === 1 ? '1 error' : `${errors} errors`}</span>}
      </td>
      <td class="duration">
        <span class="duration-bar wide">
          <span style={{ width: `${longest === 0 ? 0 : (trace.duration / longest) * 100}%` }} />
        </span>
        {duration(trace.duration)}
      </td>
      <td class="number wide">{spans}</td>
      <td class="wide">
        {services.map((service) => (
          <span key={service} class="service-tag">
            <span class="swatch" data-colour={serviceColour(service)} aria-hidden="true" />
            {service}
          </span>
        ))}
      </td>
    </tr>
  )
}
