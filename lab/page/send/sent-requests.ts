import { signal } from '@preact/signals'
import type { Story } from '../../wire.ts'
import type { Call } from './endpoints.ts'

/** A request that this page has sent. */
export interface Sent {
  readonly requestId: string
  readonly call: Call
  /** Milliseconds since 1970. */
  readonly sentAt: number
  /** Its step in a journey. */
  readonly journey?: { readonly id: string; readonly step: string }
  readonly answer?: {
    readonly status: number
    /** As measured by the browser, including the network. */
    readonly milliseconds: number
    readonly body: string
  }
  /** The query of its story. */
  readonly storyQuery?: Readonly<Record<string, string>>
  readonly story?: Story
  /** Why the answer or the story is missing. */
  readonly problem?: string
}

const MOST = 30

/** Newest first. */
export const sentRequests = signal<readonly Sent[]>([])

export function addSent(sent: Sent): void {
  sentRequests.value = [sent, ...sentRequests.value].slice(0, MOST)
}

export function updateSent(requestId: string, changes: Partial<Sent>): void {
  sentRequests.value = sentRequests.value.map((sent) => (sent.requestId === requestId ? { ...sent, ...changes } : sent))
}
