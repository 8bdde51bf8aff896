/**
 * The boundary between the application and its telemetry.
 *
 * The application announces its work on Node's own diagnostics_channel. The phases listen and turn announcements
 * into logs, metrics and spans. This file imports no pino, prom-client or OpenTelemetry. Without listeners, an
 * announcement costs next to nothing.
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

/** The address of a server or a client. */
export interface Endpoint {
  /** A host name or an IP address. */
  readonly address: string
  readonly port: number
}

/** The database that executes a statement. */
export interface DatabaseId {
  /** Its name: `shop`. */
  readonly namespace: string
  /** The address of its server; undefined for a database inside this process. */
  readonly server?: Endpoint | undefined
}

/**
 * One SQL statement, from when it is sent until the database has answered. Waits for a connection, or for a turn in
 * a shared statement, are announced separately.
 */
export interface QueryAnnouncement {
  /** The SQL verb in capitals: `SELECT`. */
  readonly operation: string
  /** The table that the statement reads or changes: `orders`; empty for `BEGIN` and `COMMIT`. */
  readonly table: string
  /** The statement with placeholders, never with values. */
  readonly text: string
  /** The kind of database, as OpenTelemetry names it: `postgresql`. */
  readonly system: string
  readonly database: DatabaseId
  /** The callers that share the statement, which runs in none of their contexts. Left out for a single caller. */
  readonly shares?: readonly ShareAnnouncement[] | undefined
  /** Rows read or changed; set when the statement has succeeded. */
  rows?: number
  /** The SQLSTATE of the error; set when the statement has failed. https://www.postgresql.org/docs/current/errcodes-appendix.html */
  statusCode?: string | undefined
}

/**
 * One caller's share of a statement that many callers share: a wait for its turn, then for the statement.
 * A caller that need not wait gets an ordinary statement, and only the end of its share is announced.
 */
export interface ShareAnnouncement extends Pick<QueryAnnouncement, 'operation' | 'table' | 'system'> {
  /** Whether the caller had to wait for its turn. */
  readonly queued: boolean
  /** How long it waited for its turn, in milliseconds; undefined if it gave up before. */
  waitMs?: number
  /** The statement that includes this share; set when it is sent, if statements are announced. */
  statement?: QueryAnnouncement & Progress
  /** Rows read or changed for this caller. */
  rows?: number
}

/** One statement for the shares of several callers. The announced work obtains a connection and sends the statement. */
export interface SharingAnnouncement {
  /** Two or more. The work runs in none of their callers' contexts. */
  readonly shares: readonly ShareAnnouncement[]
}

/** Obtaining a database connection. If one is free at once, only the end is announced. */
export interface ConnectionAnnouncement extends Pick<QueryAnnouncement, 'system'> {
  /** Whether no connection was free. */
  readonly waited: boolean
}

/** One cache command. */
export interface CacheAnnouncement {
  readonly operation: 'GET' | 'SET' | 'DEL'
  /** The kind of cached value: `product`. Never the key itself, which holds an id. */
  readonly entity: string
  /** `redis` for a server, or `memory` for the in-process cache. */
  readonly system: 'redis' | 'memory'
  /** Set when the command is done. A `GET` is a hit or a miss; `SET` and `DEL` are `ok`. */
  outcome?: 'hit' | 'miss' | 'ok' | 'error'
  /** The command that is sent; undefined for the in-process cache. */
  readonly command?: CacheCommand
  /** Why `outcome` is `error`. The caller does not see it: a request must not fail because its cache does. */
  failure?: Error
  /** The first word of the server's error reply: `OOM`; undefined if it has not answered. */
  statusCode?: string | undefined
}

/** The command that a cache server executes for a `CacheAnnouncement`. */
export interface CacheCommand {
  /** `EVALSHA` runs a script. If the server does not know it yet, `EVAL` follows with its text. */
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
  /** The method that the caller asked for, if it does not exist. Untrusted input. */
  readonly originalMethod?: string
  /** The server that the caller asked for, `host:port`; on a client with several, all of them, separated by commas. */
  readonly authority: string
  /** The other end of the connection. On a client it is set at the end, if there was a connection. */
  peer?: Endpoint | undefined
  /** Sent with the request, such as `traceparent`: a client writes it, a server reads it. */
  readonly requestMetadata: RpcMetadata
  /** Sent back, such as `x-request-id`: a server writes it during the call, a client reads it afterwards. */
  readonly responseMetadata: RpcMetadata
  /** The numeric gRPC status code that the caller receives; set when the call has ended. */
  statusCode?: number
  /** Whether only the caller prevented an answer: it cancelled, its deadline passed, or its request was malformed. */
  causedByCaller?: boolean
}

/** gRPC's headers. Keys are in lower case; values are printable ASCII, as they are in HTTP. */
export interface RpcMetadata {
  /** The first value of a key; undefined when there is none, and for keys that hold bytes (`…-bin`). */
  get(key: string): string | undefined
  /** Replaces the values of a key. @throws when the key or the value cannot be sent */
  set(key: string, value: string): void
}

/**
 * Input on an HTTP connection that Node's parser could not turn into a request: a malformed head, a head that is too
 * long or too slow, a `CONNECT`. Fastify runs no hook for it. The announced work writes the answer.
 */
export interface RefusalAnnouncement {
  /** The status of the answer: 400, 405, 408, 413 or 431. */
  readonly status: number
  /** The server that refuses. */
  readonly server: Server
  /** The other end of the connection. */
  readonly peer: { readonly address: string | undefined; readonly port: number | undefined }
  /** Node's error code, such as `HPE_INVALID_METHOD`. Never what the client sent. */
  readonly reason: string
  /** The id that the answer carries. A listener sets it at the start, if refusals are to have an id. */
  requestId?: string
}

/** The fields that `announce` and Node add to an announcement. */
export interface Progress {
  /** When the work began, on the clock of `performance.now()`, in milliseconds. */
  startedAt?: number
  /** The value that the work returned; set when it has succeeded. */
  result?: unknown
  /** The error that the work threw; set when it has failed. */
  error?: unknown
}

/** The channels that the application announces on. */
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

/** A tracing channel on which `T` is announced. */
export type Tracing<T extends object> = TracingChannel<object, T & Progress>

/**
 * Runs `work` and announces its start, its end and its error on a tracing channel.
 * Listeners receive the same `announcement` object at every event, so `work` may fill in fields that are
 * only known at the end (`announcement.rows = …`).
 *
 * @returns what `work` returns; rejects with its error, unchanged
 */
export function announce<T extends object, R>(
  channel: Tracing<T>,
  announcement: T & Progress,
  work: () => PromiseLike<R>,
): Promise<R> {
  if (!channel.hasSubscribers) return Promise.resolve(work())
  announcement.startedAt = performance.now()
  // Promise.resolve calls `then`, and postgres.js sends a query only then.
  return channel.tracePromise(() => Promise.resolve(work()), announcement)
}

/** Announces the end of work that took no time, such as obtaining a free connection. */
export function announceEnd<T extends object>(channel: Tracing<T>, announcement: T & Progress): void {
  if (!channel.asyncEnd.hasSubscribers) return
  announcement.startedAt = performance.now()
  channel.asyncEnd.publish(announcement)
}
