import { startPeer } from './peer.ts'
import type { Received, SinkAnswer, SinkProtocol, SinkQuestion } from './sink.ts'

/** The process that takes the spans of all subjects and counts them. */
export interface Sink {
  readonly pid: number
  /** @returns the URL of an endpoint for one subject alone. */
  open(subject: string, protocol: SinkProtocol): Promise<string>
  /** What has come in so far, by subject. */
  received(): Promise<Readonly<Record<string, Received>>>
  stop(): Promise<void>
}

export function startSink(): Sink {
  const peer = startPeer<SinkQuestion, SinkAnswer>(new URL('sink.js', import.meta.url))
  return {
    pid: peer.pid,
    open: async (subject, protocol) => (await peer.ask({ open: subject, protocol })) as string,
    received: async () => (await peer.ask('received')) as Readonly<Record<string, Received>>,
    stop: peer.stop,
  }
}
