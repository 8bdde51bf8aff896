import { serve } from '../platform/serve.ts'
import { buildPartner } from './server.ts'

// When the app has started this process, it is told the address, and this process ends with it.
if (process.send) {
  const endWithTheApp = () => process.kill(process.pid, 'SIGTERM')
  process.on('disconnect', endWithTheApp)
  if (!process.connected) endWithTheApp() // the app was gone before this line
  process.on('SIGINT', () => {}) // Ctrl-C reaches both; the app stops this process when it is done itself
}

await serve(
  buildPartner,
  ({ url }) => {
    if (process.send) process.send({ url })
    else process.stderr.write(`\n  Partner service at ${url}\n\n`)
  },
  { OTEL_SERVICE_NAME: 'partner' },
)
