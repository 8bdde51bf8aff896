import type { ChildProcess } from 'node:child_process'
import type { ExerciseEvent } from '../../lab/exercise-wire.ts'
import { endChild, failureOf, forkModule } from './child-process.ts'

/** For a check to notice that it is not wanted any more, in milliseconds. */
const PATIENCE_MS = 1500

type Reader = (event: ExerciseEvent) => void

interface Watch {
  readonly child: ChildProcess
  readonly readers: Set<Reader>
  last: ExerciseEvent
}

/** Watches exercises while a page shows them. Pages that show the same exercise share one watch. */
export class ExerciseWatches {
  readonly #watches = new Map<string, Watch>()
  readonly #ending = new Set<Promise<void>>()

  /**
   * @param read is called with the newest event now, and with each one that follows
   * @returns ends it for this reader
   */
  follow(number: string, read: Reader): () => void {
    const watch = this.#watches.get(number) ?? this.#start(number)
    watch.readers.add(read)
    read(watch.last)
    return () => {
      watch.readers.delete(read)
      if (watch.readers.size === 0) this.#end(number, watch)
    }
  }

  /** Ends all checks and waits for their processes. */
  async close(): Promise<void> {
    for (const [number, watch] of this.#watches) this.#end(number, watch)
    await Promise.all(this.#ending)
  }

  #start(number: string): Watch {
    const child = forkModule(new URL('watch-process.js', import.meta.url), [number])
    const watch: Watch = { child, readers: new Set(), last: { kind: 'checking' } }
    const tell = (event: ExerciseEvent) => {
      watch.last = event
      for (const read of watch.readers) read(event)
    }
    child.on('message', tell)
    void failureOf(child).then((failure) => {
      if (failure !== undefined) tell({ kind: 'failed', message: failure })
      if (this.#watches.get(number) === watch) this.#watches.delete(number)
    })
    this.#watches.set(number, watch)
    return watch
  }

  #end(number: string, watch: Watch): void {
    if (this.#watches.get(number) === watch) this.#watches.delete(number)
    const ending = endChild(watch.child, PATIENCE_MS).finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }
}
