/** A drill for the page of the Lab, which starts this process. It ends with its parent. */
import { randomInt } from 'node:crypto'
import { bypassProxyOnLoopback } from '../../src/platform/no-proxy.ts'
import { AppFailed } from './app-process.ts'
import { drill } from './drill.ts'
import { readOptions } from './options.ts'
import { PageConsole } from './page-console.ts'

bypassProxyOnLoopback()

try {
  const options = readOptions(process.argv.slice(2), (limit) => randomInt(limit))
  if (options.task !== 'drill') throw new Error('This file is started by the page of the Lab.')
  await drill(options, (stop) => new PageConsole(stop))
} catch (error) {
  if (!(error instanceof AppFailed)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
