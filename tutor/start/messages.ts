/** Sent by the app to its parent. */
export type AppMessage =
  /** It listens. */
  | { readonly listening: Listening }
  /** It does not start; it has printed the same reason. */
  | { readonly failed: string }
  /** The page wants another phase, with variables of the environment. */
  | { readonly switchTo: number; readonly settings: Readonly<Record<string, string>> }

export interface Listening {
  readonly phase: number
  readonly port: number
  /** null without gRPC. */
  readonly grpcPort: number | null
}

/** Sent by the parent to an app, which has loaded its modules by then: start now. */
export interface StartMessage {
  /** The phase that did not start before this one, if any. */
  readonly failed: FailedPhase | null
}

export interface FailedPhase {
  readonly phase: number
  /** What it printed. */
  readonly reason: string
}
