import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A process of the bench that handles one request at a time. */
export interface HelperProcess<Request, Response> {
  readonly pid: number
  /** @throws when the process ends or the handler fails. */
  request(request: Request): Promise<Response>
  stop(): Promise<void>
}

type Reply = { readonly answer: unknown } | { readonly failure: string }

/**
 * Starts a helper process, so that its work does not share a thread with the bench.
 *
 * @param file the built module, which calls `handleRequests`
 */
export function startHelper<Request, Response>(
  file: URL,
  args: readonly string[] = [],
): HelperProcess<Request, Response> {
  const child = fork(file, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return {
    pid: child.pid as number,
    request: async (request) => {
      const reply = await exchange(child, request, file)
      if ('failure' in reply) throw new Error(reply.failure)
      return reply.answer as Response
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function exchange(child: ChildProcess, request: unknown, file: URL): Promise<Reply> {
  const settled = new AbortController()
  try {
    const reply = once(child, 'message', settled)
    const end = once(child, 'exit', settled).then(([code, signal]) => {
      throw new Error(`${file.pathname} ended (${signal ?? `exit code ${code}`}) instead of answering`)
    })
    child.send({ request })
    const [message] = (await Promise.race([reply, end])) as [Reply]
    return message
  } finally {
    settled.abort()
  }
}

/** Handles the bench's requests in the helper process, which ends when the bench does. */
export function handleRequests<Request, Response>(handle: (request: Request) => Response | Promise<Response>): void {
  // Ctrl-C reaches every process of a terminal; the bench decides when this one stops.
  process.on('SIGINT', () => undefined)
  process.once('disconnect', () => process.exit())
  process.on('message', ({ request }: { request: Request }) => {
    Promise.resolve()
      .then(() => handle(request))
      .then((answer) => reply({ answer }))
      .catch((error: unknown) => reply({ failure: error instanceof Error ? error.message : String(error) }))
  })
}

function reply(message: Reply): void {
  process.send?.(message)
}
