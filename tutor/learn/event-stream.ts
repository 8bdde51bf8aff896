import type { FastifyInstance, FastifyReply } from 'fastify'
import { LabError } from '../../lab/lab-error.ts'

/** More streams than a few open pages need. */
const MAX_STREAMS = 16

export interface EventStream {
  send(event: string, data: unknown): void
  /** Calls `work` once the page has left or the server closes. */
  onEnd(work: () => void): void
}

/**
 * Server-Sent Events for pages. All streams end when the server closes.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStreams {
  readonly #open = new Set<FastifyReply['raw']>()

  constructor(app: FastifyInstance) {
    app.addHook('preClose', async () => {
      for (const stream of this.#open) stream.end()
    })
  }

  /** Answers a request with a stream. */
  open(reply: FastifyReply): EventStream {
    if (this.#open.size >= MAX_STREAMS) throw new LabError(503, 'Too many pages of the Lab are open.')
    reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, reply.getHeaders() as Record<string, string>)
    raw.flushHeaders()
    this.#open.add(raw)
    raw.once('close', () => this.#open.delete(raw))
    return {
      send(event, data) {
        if (!raw.writableEnded) raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      },
      onEnd: (work) => void raw.once('close', work),
    }
  }
}
