import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program that runs in a terminal of its own, as a reader's does: programs print other things into a pipe. */
export interface Terminal {
  /** All that it has shown so far, without colours. */
  shown(): string
  /** The same as it came, with them. */
  raw(): string
  /** Resolves when the program has ended. */
  readonly ended: Promise<unknown>
  readonly isRunning: boolean
  /** Types Ctrl-C, and waits for the end. */
  interrupt(): Promise<void>
}

/** Types a command into a shell. */
export function openTerminal(command: string, cwd: string, env: NodeJS.ProcessEnv): Terminal {
  const child = spawn('script', scriptArguments(command), { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = once(child, 'close')
  return {
    shown: () => plain(output),
    raw: () => output,
    ended,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null
    },
    interrupt: () => interrupt(child, ended),
  }
}

async function interrupt(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null) child.stdin?.write(CTRL_C)
  await ended
}

const CTRL_C = '\u0003'

/** `script` comes with every system, and takes its arguments differently. */
function scriptArguments(command: string): string[] {
  return process.platform === 'darwin' ? ['-q', '/dev/null', 'bash', '-c', command] : ['-qefc', command, '/dev/null']
}

/** What npm prints before a script: its name and its command. Documents leave it out. */
const NPM_SAYS = /^\n?> \S+@\S+ \S+\n> .*\n\n?/

function plain(output: string): string {
  return (
    output
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
      .replaceAll(/\u001b\[[0-9;?]*[a-zA-Z]/g, '')
      .replaceAll('\r\n', '\n')
      .replaceAll('\r', '')
      .replace(NPM_SAYS, '')
  )
}
