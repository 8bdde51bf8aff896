import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { root } from '../exercise/catalogue.ts'

/** Starts a module in a process of its own, in the folder of the repository. */
export function forkModule(url: URL, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(url), [...args], {
    cwd: root,
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

/**
 * Ends a child by closing its channel, and waits for it.
 *
 * @param patience after that many milliseconds it is killed
 */
export async function endChild(child: ChildProcess, patience: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const timer = setTimeout(() => child.kill('SIGKILL'), patience)
  const exited = once(child, 'exit')
  if (child.connected) child.disconnect()
  await exited
  clearTimeout(timer)
}

/**
 * Resolves when a child has ended and its stderr has been read. Not `close`, which may fail to come when the parent has
 * closed the channel.
 *
 * @returns what it wrote to stderr when it failed; undefined when it succeeded
 */
export async function failureOf(child: ChildProcess): Promise<string | undefined> {
  let stderr = ''
  const { stderr: stream } = child
  stream?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  await Promise.all([once(child, 'exit'), ...(stream === null ? [] : [once(stream, 'close')])])
  return child.exitCode === 0 ? undefined : stderr.trim() || 'It has ended early.'
}
