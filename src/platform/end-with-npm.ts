/** How often a process started by npm checks whether npm is still running. */
const LOOK_MS = 500

/**
 * Sends SIGTERM to this process when npm has ended. npm passes a signal on to its shell only, not to this process, which
 * would live on and keep its port. It notices by its new parent.
 */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const { ppid } = process
  const timer = setInterval(() => {
    if (process.ppid === ppid) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, LOOK_MS).unref()
}
