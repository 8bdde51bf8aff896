import { type FastifyBaseLogger, fastify } from 'fastify'
import t, { type Test } from 'tap'
import phase from '../../phases/1-logging/index.ts'
import { loadConfig } from '../../src/config.ts'
import { parseLogLines } from '../../testkit/log-file.ts'
import { waitFor } from '../../testkit/wait-for.ts'

/** A server with only the plugins of phase 1. */
async function startLogging(t: Test, level: string) {
  const config = { ...loadConfig([]), LOG_LEVEL: level, LOG_FILE: '' }
  const app = fastify({ loggerInstance: phase.logger?.({ config }) as FastifyBaseLogger })
  for (const plugin of phase.plugins) if (typeof plugin === 'function') app.register(plugin, { config })
  t.teardown(() => app.close())
  await app.ready()
  return app
}

t.test('an added destination receives the lines of all levels', async (t) => {
  const app = await startLogging(t, 'debug')
  const lines: string[] = []
  app.log.info('before')
  app.addLogDestination({ write: (line) => void lines.push(line) })
  app.log.trace('hidden')
  app.log.debug('detail')
  app.log.child({ part: 'child' }).error('trouble')
  t.ok(lines.every((line) => line.endsWith('}\n')))
  t.match(parseLogLines(lines.join('')), [
    { level: 'debug', message: 'detail' },
    { level: 'error', message: 'trouble', part: 'child' },
  ])
  t.equal(lines.length, 2)
})

t.test('a destination that throws causes one warning, and others lose no line', async (t) => {
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => warnings.push(message)
  process.on('warning', onWarning)
  t.teardown(() => process.off('warning', onWarning))
  const app = await startLogging(t, 'info')
  const lines: string[] = []
  app.addLogDestination({
    write() {
      throw new Error('no room')
    },
  })
  app.addLogDestination({ write: (line) => void lines.push(line) })
  app.log.info('one')
  app.log.info('two')
  await waitFor('the warning', () => warnings.length > 0)
  t.equal(lines.length, 2)
  t.strictSame(warnings, ['a log destination fails: no room'])
})
