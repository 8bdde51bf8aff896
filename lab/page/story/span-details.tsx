import { Fragment } from 'preact'
import type { Attributes, AttributeValue, Span, Trace } from '../../wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { duration } from '../format.ts'
import { addresses } from '../location.ts'
import { ScrollBox } from '../scroll-box.tsx'

/** All attributes and events of one span. */
export function SpanDetails({ span, trace }: { readonly span: Span; readonly trace: Trace }) {
  return (
    <section class="span-details" aria-label={`Span ${span.name}`} data-testid="span-details">
      <h4>{span.name}</h4>
      <p>
        {KINDS[span.kind]} of <strong>{span.service}</strong>, from {duration(span.start - trace.start)} to{' '}
        {duration(span.start - trace.start + span.duration)}
        {span.status === 'error' && (
          <strong class="failure">, failed{span.status_message ? `: ${span.status_message}` : ''}</strong>
        )}
        {span.parent_is_remote && ', caused by another process'}
      </p>
      <dl class="attributes">
        <dt>span_id</dt>
        <dd>
          {span.span_id} <CopyButton text={span.span_id} what="span_id" />
        </dd>
        <AttributeRows attributes={span.attributes} />
      </dl>
      {span.events.map((event, index) => (
        <div class="event" key={index}>
          <h5>
            Event {event.name} <small>at {duration(event.time - trace.start)}</small>
          </h5>
          <dl class="attributes">
            <AttributeRows attributes={event.attributes} />
          </dl>
        </div>
      ))}
      {span.links.map((link) => (
        <p key={link.span_id}>
          Linked to <a href={addresses.trace(link.trace_id)}>trace {link.trace_id}</a>
        </p>
      ))}
      {span.cut && <p class="hint">Some values are shortened here. What is sent to a backend has all of them.</p>}
    </section>
  )
}

const KINDS: Readonly<Record<Span['kind'], string>> = {
  internal: 'Work',
  server: 'Server side',
  client: 'Client side',
  producer: 'Producer',
  consumer: 'Consumer',
}

function AttributeRows({ attributes }: { readonly attributes: Attributes }) {
  return Object.entries(attributes).map(([name, value]) => (
    <Fragment key={name}>
      <dt>{name}</dt>
      <dd>{name.endsWith('stacktrace') ? <Stack text={textOf(value)} /> : textOf(value)}</dd>
    </Fragment>
  ))
}

function Stack({ text }: { readonly text: string }) {
  return (
    <ScrollBox class="stack" label="Stack of the event">
      {text}
    </ScrollBox>
  )
}

function textOf(value: AttributeValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
