import type { Console } from './console.ts'

/** Commands that can be typed instead of an answer. */
export interface Commands {
  /** @returns the output of the command; undefined when the line is another command */
  run(line: string): string | undefined | Promise<string | undefined>
}

/** Runs a command that is allowed at any time. @returns whether the line was one */
export async function runCommand(line: string, console: Console, commands: readonly Commands[]): Promise<boolean> {
  if (line.startsWith('!')) {
    await console.run(line.slice(1))
    return true
  }
  for (const command of commands) {
    const answer = await command.run(line)
    if (answer === undefined) continue
    console.print(answer)
    return true
  }
  return false
}

/** What can be typed at any time. */
export const COMMANDS = `  ask '<query>'     PromQL over the metrics, LogQL over the log; ask says more
  traces [newest|oldest|slowest|largest|failed] [name]   lists traces, by the name of their first span
  trace <# or id>   one trace as a waterfall         span <#>   one line of it with its attributes
  clients [seconds] or clients all                  how long callers waited, and the slowest call of each route
  ! <command>       anything in a shell: ! grep -c error logs/drill/app.log`
