import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endWithNpm } from '../../src/platform/end-with-npm.ts'
import type { AppMessage, FailedPhase, Listening, StartMessage } from './messages.ts'

const APP = fileURLToPath(new URL('app.js', import.meta.url))

/** Passed on to the app. Node reserves SIGUSR1, and nothing can catch SIGKILL: the app ends when its channel closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const

/** Windows sends Ctrl-C to every process of the console, and has no process groups. */
const hasGroups = process.platform !== 'win32'

/** Runs the app in a child process, again and again while the page asks for other phases, and ends as it ends. */
export function superviseApp(args: readonly string[]): void {
  const apps = new Set<ChildProcess>()
  /** Where the last app listens or listened; undefined until the first one does. */
  let at: Listening | undefined
  let stopping = false
  /** Shuts down already, so that the next one can start. */
  let closing: ChildProcess | undefined

  process.stderr.on('error', () => {})
  for (const signal of SIGNALS) process.on(signal, () => passOn(signal))
  if (hasGroups) suspendTogether(apps)
  endWithNpm()
  start(launch(args), null)

  function passOn(signal: NodeJS.Signals): void {
    const isFirst = !stopping
    stopping = true
    // To an app that shuts down, the first signal would be the second one, which cuts off its requests.
    if (hasGroups) for (const app of apps) if (!isFirst || app !== closing) app.kill(signal)
  }

  function launch(withArgs: readonly string[], settings: Readonly<Record<string, string>> = {}): ChildProcess {
    const app = fork(APP, withArgs, {
      env: { ...process.env, ...settings },
      // Ctrl-C must reach the app once, from here: a second SIGINT cuts off its requests.
      detached: hasGroups,
      stdio: 'inherit',
    })
    apps.add(app)
    app.once('exit', () => apps.delete(app))
    return app
  }

  /** @param wanted the phase that the page has asked for; undefined for the first start and for the way back */
  function start(app: ChildProcess, failed: FailedPhase | null, wanted?: number): void {
    let reason: string | undefined
    let next: { readonly app: ChildProcess; readonly phase: number } | undefined
    let isListening = false
    app.on('message', (message: AppMessage) => {
      if ('listening' in message) {
        isListening = true
        at = message.listening
      } else if ('failed' in message) {
        reason = message.failed
      } else if (!stopping) {
        next = { app: launch(argumentsFor(message.switchTo), message.settings), phase: message.switchTo }
        closing = app
        app.kill('SIGTERM')
      }
    })
    app.once('exit', (code, signal) => {
      if (next !== undefined && !stopping) start(next.app, null, next.phase)
      else if (wanted !== undefined && at !== undefined && !isListening && !stopping) {
        process.stderr.write(`Phase ${wanted} did not start. Going back to phase ${at.phase}.\n`)
        const why = reason ?? `It ended with ${signal ?? `code ${code}`}. The terminal says why.`
        start(launch(argumentsFor(at.phase)), { phase: wanted, reason: why })
      } else endAs(code, signal)
    })
    if (app.connected) app.send({ failed } satisfies StartMessage)
  }

  /** The last of several equal arguments wins. */
  function argumentsFor(phase: number): string[] {
    const { port, grpcPort } = at as Listening
    const ports = ['--port', String(port), ...(grpcPort === null ? [] : ['--grpc-port', String(grpcPort)])]
    return [...args, '--phase', String(phase), ...ports]
  }
}

/** Ctrl-Z and `fg`, which the terminal sends to this process only. */
function suspendTogether(apps: ReadonlySet<ChildProcess>): void {
  // The app leads a process group, with the partner service in it.
  const tell = (signal: NodeJS.Signals) => {
    for (const { pid } of apps) if (pid !== undefined) process.kill(-pid, signal)
  }
  process.on('SIGTSTP', () => {
    tell('SIGSTOP')
    process.kill(process.pid, 'SIGSTOP')
  })
  process.on('SIGCONT', () => tell('SIGCONT'))
}

function endAs(code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
