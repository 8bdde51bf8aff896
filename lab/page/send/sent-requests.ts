import { signal } from '@preact/signals'
import type { Story } from '../../wire.ts'
import type { Call } from './endpoints.ts'

/** A request that this page has sent. */
export interface Sent {
  readonly requestId: string
  readonly call: Call
  /** Milliseconds since 1970. */
  readonly sentAt: number
  /** Which step of which journey it is. */
  readonly journey?: { readonly id: string; readonly step: string }
  readonly answer?: {
    readonly status: number
    /** As the browser saw it, so the server's time and the way there and back. */
    readonly milliseconds: number
    readonly body: string
  }
  /** What the story was asked for with. */
  readonly storyQuery?: Readonly<Record<string, string>>
  readonly story?: Story
  /** Why there is no answer, or no story. */
  readonly problem?: string
}

const MOST = 30

/** Newest first. */
export const sentRequests = signal<readonly Sent[]>([])

export function addSent(sent: Sent): void {
  sentRequests.value = [sent, ...sentRequests.value].slice(0, MOST)
}

export function updateSent(requestId: string, news: Partial<Sent>): void {
  sentRequests.value = sentRequests.value.map((sent) => (sent.requestId === requestId ? { ...sent, ...news } : sent))
}
