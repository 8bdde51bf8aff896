import type { DrillStatus } from '../../lab/drill-wire.ts'

/** Talks to whoever does the drill: at a terminal, or in the page of the Lab. */
export interface Console {
  print(text?: string): void
  /**
   * Tells where the drill is.
   *
   * @param news what a page shows of it, beside the dialogue
   * @param text what a terminal prints instead
   */
  show(news: Partial<DrillStatus>, text?: string): void
  bold(text: string): string
  /** Replaces the status line on a terminal. */
  status(text: string): void
  /** Reads the next line, trimmed; undefined at the end of the input. */
  ask(): Promise<string | undefined>
  /** Runs a command in a shell and shows its output. */
  run(command: string): Promise<void>
  close(): void
}
