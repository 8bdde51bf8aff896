/**
 * The boundary between the application and its telemetry.
 *
 * The application announces what it does on Node's own diagnostics_channel; the phases listen and
 * turn announcements into logs, metrics and spans. Nothing here knows pino, prom-client or
 * OpenTelemetry, and an announcement that nobody listens to costs next to nothing.
 *
 * https://nodejs.org/api/diagnostics_channel.html#tracingchannel-channels
 */

import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import { APP_NAME } from './app-name.ts'

/** A unit of work inside a handler or service, worth a span of its own. */
export interface StepAnnouncement {
  /** The span's name, a constant of the code: `database_query`. Never user input. */
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
}

/** Where a server or a client is. */
export interface Endpoint {
  /** A name or an IP address. */
  readonly address: string
  readonly port: number
}

/** Which database a statement is for. */
export interface DatabaseId {
  /** Its name: `shop`. */
  readonly namespace: string
  /** Where its server is; undefined for the one inside this process. */
  readonly server?: Endpoint | undefined
}

/**
 * One SQL statement, from when it is sent until the database has answered. Waiting for a connection, or for a turn in
 * a shared statement, is announced separately.
 */
export interface QueryAnnouncement {
  /** The SQL verb in capitals: `SELECT`. */
  readonly operation: string
  /** The table that the statement is about: `orders`. */
  readonly table: string
  /** The statement with placeholders, never with values. */
  readonly text: string
  /** Which database answers, as OpenTelemetry names it: `postgresql`. */
  readonly system: string
  readonly database: DatabaseId
  /** The callers that share the statement. It runs in the context of none of them. Left out for one of a single caller. */
  readonly shares?: readonly ShareAnnouncement[] | undefined
  /** Rows read or changed; set when the statement has succeeded. */
  rows?: number
  /** The SQLSTATE of what went wrong; set when the statement has failed. https://www.postgresql.org/docs/current/errcodes-appendix.html */
  statusCode?: string | undefined
}

/**
 * One caller's share of a statement that many callers share: it waits for its turn, then for the statement.
 * For a caller whose turn comes at once only the end is announced, and its statement is an ordinary one.
 */
export interface ShareAnnouncement extends Pick<QueryAnnouncement, 'operation' | 'table' | 'system'> {
  /** Whether the caller had to wait for its turn. */
  readonly queued: boolean
  /** How long it waited for its turn, in milliseconds; undefined for a caller that gave up before. */
  waitMs?: number
  /** The statement that did its work; set when it is sent, if it is announced. */
  statement?: QueryAnnouncement & Progress
  /** Rows read or changed for this caller. */
  rows?: number
}

/** Callers' shares are done by one statement: the work that is announced is getting a connection and sending it. */
export interface SharingAnnouncement {
  /** Two or more. The work runs in the context of none of their callers. */
  readonly shares: readonly ShareAnnouncement[]
}

/** Work gets a connection to the database. When one is free at once, only the end is announced. */
export interface ConnectionAnnouncement extends Pick<QueryAnnouncement, 'system'> {
  /** Whether it had to wait for one. */
  readonly waited: boolean
}

/** One cache command. */
export interface CacheAnnouncement {
  readonly operation: 'GET' | 'SET' | 'DEL'
  /** What is cached: `product`. Never the key itself, which holds an id. */
  readonly entity: string
  /** Which cache answers: `redis`, or `memory` for the in-process one. */
  readonly system: 'redis' | 'memory'
  /** Set when the command is done. A `GET` is a hit or a miss; `SET` and `DEL` are `ok`. */
  outcome?: 'hit' | 'miss' | 'ok' | 'error'
  /** What is sent, when the cache is a server. */
  readonly command?: CacheCommand
  /** Why `outcome` is `error`. The caller does not get it: a cache that fails is no reason for a request to fail. */
  failure?: Error
  /** What the server's refusal begins with: `OOM`; undefined when it has not answered. */
  statusCode?: string | undefined
}

/** What a `CacheAnnouncement` is to the server that carries it out. */
export interface CacheCommand {
  /** `EVALSHA` runs a script; when the server does not know it yet, `EVAL` follows with its text. */
  readonly name: 'EVALSHA' | 'DEL'
  /** The script's name in this program: `getOrLease`. */
  readonly script?: string
  readonly server: Endpoint
  /** The number of the database on the server: `0`. */
  readonly namespace: string
}

/** One gRPC call, on the server or on the client. */
export interface RpcAnnouncement {
  /** `shop.v1.OrderService`; `_OTHER` for a service that the server does not have. */
  readonly service: string
  /** `GetOrder`; `_OTHER` for a method that the server does not have. */
  readonly method: string
  /** What the caller asked for when there is no such method. It may be anything. */
  readonly originalMethod?: string
  /** The server that the caller asked for, `host:port`; on a client that has several, all of them with commas between. */
  readonly authority: string
  /** The other end of the connection; on a client only known at the end, and only if there was a connection. */
  peer?: Endpoint | undefined
  /** What travels with the request, such as `traceparent`: for a client to write, for a server to read. */
  readonly requestMetadata: RpcMetadata
  /** What travels back, such as `x-request-id`: for a server to write while the call runs, for a client to read after it. */
  readonly responseMetadata: RpcMetadata
  /** The gRPC status code by number that the caller is told; set when the call is done. */
  statusCode?: number
  /**
   * Whether the caller alone is the reason why a server has not answered: it did not wait, its deadline included, or
   * it sent what no method takes.
   */
  causedByCaller?: boolean
}

/** gRPC's headers. Keys are in lower case; values are printable ASCII, as they are in HTTP. */
export interface RpcMetadata {
  /** The first value of a key; undefined when there is none, and for keys that hold bytes (`…-bin`). */
  get(key: string): string | undefined
  /** In place of what the key has had. @throws when the key or the value cannot be sent */
  set(key: string, value: string): void
}

/**
 * Something on an HTTP connection that Node's parser could not turn into a request: a malformed head, one that is too
 * long or too slow, a `CONNECT`. No hook runs for it. The work that is announced is writing the answer.
 */
export interface RefusalAnnouncement {
  /** Of the answer: 400, 405, 408, 413 or 431. */
  readonly status: number
  /** The server that refuses. */
  readonly server: Server
  /** The other end of the connection. */
  readonly peer: { readonly address: string | undefined; readonly port: number | undefined }
  /** Node's code for what was wrong, such as `HPE_INVALID_METHOD`. Never what the client sent. */
  readonly reason: string
  /** Names the refusal to the client; a listener sets it at the start, if refusals are to have an id. */
  requestId?: string
}

/** What `announce` and Node add to a tracing announcement. */
export interface Progress {
  /** When the work began, on the clock of `performance.now()`, in milliseconds. */
  startedAt?: number
  /** What the work returned; set when it has ended well. */
  result?: unknown
  /** The error that ended it. */
  error?: unknown
}

export const channels = {
  step: tracingChannel(`${APP_NAME}:step`) as Tracing<StepAnnouncement>,
  query: tracingChannel(`${APP_NAME}:query`) as Tracing<QueryAnnouncement>,
  share: tracingChannel(`${APP_NAME}:share`) as Tracing<ShareAnnouncement>,
  sharing: tracingChannel(`${APP_NAME}:sharing`) as Tracing<SharingAnnouncement>,
  connection: tracingChannel(`${APP_NAME}:connection`) as Tracing<ConnectionAnnouncement>,
  cache: tracingChannel(`${APP_NAME}:cache`) as Tracing<CacheAnnouncement>,
  rpcServer: tracingChannel(`${APP_NAME}:rpc.server`) as Tracing<RpcAnnouncement>,
  rpcClient: tracingChannel(`${APP_NAME}:rpc.client`) as Tracing<RpcAnnouncement>,
  refusal: tracingChannel(`${APP_NAME}:http.refusal`) as Tracing<RefusalAnnouncement>,
}

/** A tracing channel whose listeners get a `T` that has been announced. */
export type Tracing<T extends object> = TracingChannel<object, T & Progress>

/**
 * Runs `work` and announces its start, its end and its error on a tracing channel.
 * Listeners see one and the same `announcement` object at every event, so `work` may fill in what is
 * only known at the end (`announcement.rows = …`).
 *
 * @returns what `work` returns; its error is passed on untouched.
 */
export function announce<T extends object, R>(
  on: Tracing<T>,
  announcement: T & Progress,
  work: () => PromiseLike<R>,
): Promise<R> {
  if (!on.hasSubscribers) return Promise.resolve(work())
  announcement.startedAt = performance.now()
  // Promise.resolve calls `then`, without which a query of postgres.js is not sent.
  return on.tracePromise(() => Promise.resolve(work()), announcement)
}

/** Announces the end of work that took no time, such as waiting for a connection that is free. */
export function announceEnd<T extends object>(on: Tracing<T>, announcement: T & Progress): void {
  if (!on.asyncEnd.hasSubscribers) return
  announcement.startedAt = performance.now()
  on.asyncEnd.publish(announcement)
}
