import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program in a pseudo-terminal, because programs print differently into a pipe. */
export interface Terminal {
  /** The output so far, without colours. */
  shown(): string
  /** The output so far, with colours. */
  raw(): string
  /** Resolves when the program has ended. */
  readonly ended: Promise<unknown>
  readonly isRunning: boolean
  /** Sends Ctrl-C and waits for the end. */
  interrupt(): Promise<void>
}

/** Runs a command in a shell. */
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

/** The arguments of `script` differ between systems. */
function scriptArguments(command: string): string[] {
  return process.platform === 'darwin' ? ['-q', '/dev/null', 'bash', '-c', command] : ['-qefc', command, '/dev/null']
}

/** Removes npm's header of a script (name and command), which documents omit. */
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
