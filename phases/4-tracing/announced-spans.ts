import { type Link, type Span, SpanKind, TraceFlags } from '@opentelemetry/api'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_BATCH_SIZE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_STORED_PROCEDURE_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions'
import fastifyPlugin from 'fastify-plugin'
import { type CacheAnnouncement, channels, type QueryAnnouncement, type ShareAnnouncement } from '../announcements.ts'
import {
  ATTR_CACHE_ENTITY,
  ATTR_CACHE_OPERATION,
  ATTR_CACHE_OUTCOME,
  ATTR_WAIT_MS,
  EVENT_STATEMENT_SENT,
  own,
} from './own-attributes.ts'
import { fail, type SpanDescription, spanFor } from './span-for.ts'

/** A span for each step, SQL statement, wait and cache command that the application announces. */
export const announcedSpans = fastifyPlugin(
  async (app) => {
    spanFor(app, channels.step, (step) => ({
      name: step.name,
      kind: SpanKind.INTERNAL,
      attributes: own(step.attributes),
    }))

    const describeQuery = ({
      operation,
      table,
      text,
      system,
      database,
      shares = [],
    }: QueryAnnouncement): SpanDescription => ({
      name: nameOf(operation, table),
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR_DB_SYSTEM_NAME]: system,
        [ATTR_DB_NAMESPACE]: database.namespace,
        [ATTR_SERVER_ADDRESS]: database.server?.address,
        [ATTR_SERVER_PORT]: database.server?.port,
        [ATTR_DB_OPERATION_NAME]: operation,
        [ATTR_DB_COLLECTION_NAME]: table || undefined,
        [ATTR_DB_QUERY_TEXT]: text,
        [ATTR_DB_OPERATION_BATCH_SIZE]: shares.length > 1 ? shares.length : undefined,
      },
    })
    // A statement that several requests share has a trace of its own, with links to theirs.
    const linksToCallers = ({ shares = [] }: QueryAnnouncement): Link[] =>
      shares.length > 1 ? shares.flatMap(linkToCaller) : []
    const spanOfQuery = spanFor(app, channels.query, describeQuery, addStatusCode, linksToCallers)

    const spanOfShare = spanFor(
      app,
      channels.share,
      ({ operation, table }) => ({ name: `share of ${nameOf(operation, table)}`, kind: SpanKind.INTERNAL }),
      (span, { waitMs, statement }) => {
        if (waitMs !== undefined) span.setAttribute(ATTR_WAIT_MS, waitMs)
        if (statement === undefined) return
        span.addEvent(EVENT_STATEMENT_SENT, {}, statement.startedAt)
        const sent = spanOfQuery(statement)
        if (sent && statement.shares && statement.shares.length > 1) span.addLink({ context: sent.spanContext() })
      },
    )
    const linkToCaller = (share: ShareAnnouncement): Link[] => {
      const context = spanOfShare(share)?.spanContext()
      return context && context.traceFlags & TraceFlags.SAMPLED ? [{ context }] : []
    }

    spanFor(app, channels.connection, () => ({ name: 'wait for database connection', kind: SpanKind.INTERNAL }))

    spanFor(app, channels.cache, describeCommand, (span, command) => {
      if (command.outcome) span.setAttribute(ATTR_CACHE_OUTCOME, command.outcome)
      if (command.failure) fail(span, command.failure)
      addStatusCode(span, command)
    })
  },
  { name: 'announced-spans', dependencies: ['server-spans'] },
)

/** Records the server's error code, which is more precise than the class of the error. */
function addStatusCode(span: Span, { statusCode }: QueryAnnouncement | CacheAnnouncement): void {
  if (statusCode) span.setAttributes({ [ATTR_DB_RESPONSE_STATUS_CODE]: statusCode, [ATTR_ERROR_TYPE]: statusCode })
}

/** A cache in this process is no database and sends nothing: its span is internal, without `db.` attributes. */
function describeCommand({ operation, entity, system, command }: CacheAnnouncement): SpanDescription {
  const attributes = { [ATTR_CACHE_OPERATION]: operation, [ATTR_CACHE_ENTITY]: entity }
  if (command === undefined) return { name: `${operation} ${entity}`, kind: SpanKind.INTERNAL, attributes }
  const { name, script, server, namespace } = command
  return {
    name: script ? `${name} ${script}` : name,
    kind: SpanKind.CLIENT,
    attributes: {
      ...attributes,
      [ATTR_DB_SYSTEM_NAME]: system,
      [ATTR_DB_OPERATION_NAME]: name,
      [ATTR_DB_STORED_PROCEDURE_NAME]: script,
      [ATTR_DB_NAMESPACE]: namespace,
      [ATTR_SERVER_ADDRESS]: server.address,
      [ATTR_SERVER_PORT]: server.port,
    },
  }
}

/** `UPDATE orders`; a statement that begins or ends a transaction has no table. */
function nameOf(operation: string, table: string): string {
  return table === '' ? operation : `${operation} ${table}`
}
