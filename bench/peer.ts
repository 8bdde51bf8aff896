import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A helper process of the bench that answers one question at a time. */
export interface Peer<Question, Answer> {
  readonly pid: number
  /** @throws when the process ends, or answers that it has failed. */
  ask(question: Question): Promise<Answer>
  stop(): Promise<void>
}

type Reply = { readonly answer: unknown } | { readonly failure: string }

/**
 * Starts a helper process, so that its work does not share a thread with the bench's own.
 *
 * @param file the built module, which calls `answerQuestions`
 */
export function startPeer<Question, Answer>(file: URL, args: readonly string[] = []): Peer<Question, Answer> {
  const child = fork(file, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return {
    pid: child.pid as number,
    ask: async (question) => {
      const reply = await exchange(child, question, file)
      if ('failure' in reply) throw new Error(reply.failure)
      return reply.answer as Answer
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function exchange(child: ChildProcess, question: unknown, file: URL): Promise<Reply> {
  const settled = new AbortController()
  try {
    const reply = once(child, 'message', settled)
    const end = once(child, 'exit', settled).then(([code, signal]) => {
      throw new Error(`${file.pathname} ended (${signal ?? `exit code ${code}`}) instead of answering`)
    })
    child.send({ question })
    const [message] = (await Promise.race([reply, end])) as [Reply]
    return message
  } finally {
    settled.abort()
  }
}

/** The other side: answers what the bench asks, and ends when the bench does. */
export function answerQuestions<Question, Answer>(answer: (question: Question) => Answer | Promise<Answer>): void {
  // Ctrl-C reaches every process of a terminal; the bench decides when this one stops.
  process.on('SIGINT', () => undefined)
  process.once('disconnect', () => process.exit())
  process.on('message', ({ question }: { question: Question }) => {
    Promise.resolve()
      .then(() => answer(question))
      .then((given) => reply({ answer: given }))
      .catch((error: unknown) => reply({ failure: error instanceof Error ? error.message : String(error) }))
  })
}

function reply(message: Reply): void {
  process.send?.(message)
}
