import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Test } from 'tap'

/** An alert in a message of Alertmanager: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface ToldAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** The request path without its slash. */
  readonly receiver: string
}

/** An HTTP server that records Alertmanager's messages until the test ends. */
export async function startWebhook(t: Pick<Test, 'teardown'>): Promise<{ url: string; told: readonly ToldAlert[] }> {
  const told: ToldAlert[] = []
  const server = createServer((request, response) => {
    json(request).then(
      (message) => {
        const { alerts } = message as { alerts: ToldAlert[] }
        told.push(...alerts.map((alert) => ({ ...alert, receiver: String(request.url).slice(1) })))
        response.end()
      },
      (error: Error) => response.writeHead(400).end(error.message),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told }
}
