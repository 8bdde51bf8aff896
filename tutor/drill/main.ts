/** `npm run drill`: an incident to find the cause of. */
import { randomInt } from 'node:crypto'
import { bypassProxyOnLoopback } from '../../src/platform/no-proxy.ts'
import { AppFailed } from './app-process.ts'
import { drill } from './drill.ts'
import { incidents } from './incidents.ts'
import { OptionError, readOptions, usage } from './options.ts'
import { TerminalConsole } from './terminal-console.ts'

bypassProxyOnLoopback()

try {
  const options = readOptions(process.argv.slice(2), (limit) => randomInt(limit))
  if (options.task === 'help') process.stdout.write(`${usage}\n`)
  else if (options.task === 'list') process.stdout.write(`${list()}\n`)
  else await drill(options, (stop) => new TerminalConsole(stop))
} catch (error) {
  if (!(error instanceof OptionError || error instanceof AppFailed)) throw error
  process.stderr.write(`${error.message}\n${error instanceof OptionError ? `\n${usage}\n` : ''}`)
  process.exitCode = 1
}

function list(): string {
  return [
    'Incidents:',
    '',
    ...incidents.map(({ id, title }) => `  ${id}  ${title}`),
    '',
    'npm run drill -- 3 takes the third; npm run drill takes any.',
  ].join('\n')
}
