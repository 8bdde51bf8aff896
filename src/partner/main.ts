import { serve } from '../platform/serve.ts'
import { buildPartner } from './server.ts'

// If the app has started this process, it reports its address to the app and ends with it.
if (process.send) {
  const endWithTheApp = () => process.kill(process.pid, 'SIGTERM')
  process.on('disconnect', endWithTheApp)
  if (!process.connected) endWithTheApp() // the app ended before this line
  process.on('SIGINT', () => {}) // Ctrl-C reaches both processes; the app stops this one at its own end
}

await serve(
  buildPartner,
  ({ url }) => {
    if (process.send) process.send({ url })
    else process.stderr.write(`\n  Partner service at ${url}\n\n`)
  },
  { OTEL_SERVICE_NAME: 'partner' },
)
