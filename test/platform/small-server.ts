/** A minimal server process around `serve()`, which starts fast. */
import { error } from '../../src/endpoints/error.ts'
import { slow } from '../../src/endpoints/slow.ts'
import { serve } from '../../src/platform/serve.ts'
import { addPhase, createServer } from '../../src/platform/server.ts'

await serve(
  (config, phase) => {
    const app = createServer({ config }, phase)
    addPhase(app, { config }, phase)
    app.register(slow)
    app.register(error)
    app.get('/livez', () => ({ status: 'alive' }))
    if (process.env.FAIL === 'while closing') {
      app.addHook('preClose', async () => {
        process.nextTick(() => {
          throw new Error('this was not caught')
        })
      })
    }
    if (process.env.FAIL === 'to close') {
      app.addHook('onClose', async () => {
        throw new Error('this cannot be closed')
      })
    }
    app.register((_app, _options, done) => {
      if (process.env.FAIL === 'to start') {
        process.kill(process.pid, 'SIGTERM')
        setTimeout(done, 20_000) // longer than any timeout of the process
        return
      }
      done(process.env.FAIL === 'at start' ? new Error('this plugin is broken') : undefined)
    })
    return app
  },
  ({ url }) => {
    process.stderr.write(`${url}\n`)
    setImmediate(() => {
      if (process.env.FAIL === 'later') throw new Error('this was not caught')
      if (process.env.FAIL === 'without an error') void Promise.reject(undefined)
    })
  },
)
