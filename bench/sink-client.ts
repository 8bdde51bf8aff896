import { startHelper } from './helper-process.ts'
import type { Received, SinkProtocol, SinkRequest, SinkResponse } from './sink.ts'

/** The process that receives and counts the spans of all subjects. */
export interface Sink {
  readonly pid: number
  /** @returns the URL of a new endpoint for this subject. */
  open(subject: string, protocol: SinkProtocol): Promise<string>
  /** Counts so far, by subject. */
  received(): Promise<Readonly<Record<string, Received>>>
  stop(): Promise<void>
}

export function startSink(): Sink {
  const peer = startHelper<SinkRequest, SinkResponse>(new URL('sink.js', import.meta.url))
  return {
    pid: peer.pid,
    open: async (subject, protocol) => (await peer.request({ open: subject, protocol })) as string,
    received: async () => (await peer.request('received')) as Readonly<Record<string, Received>>,
    stop: peer.stop,
  }
}
