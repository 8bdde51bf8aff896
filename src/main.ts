import { buildApp } from './app.ts'
import { type Serving, serve } from './platform/serve.ts'

await serve(buildApp, printBanner)

/** Goes to stderr, so that stdout holds log lines and nothing else. */
function printBanner({ phase, config, url, grpcAddress }: Serving): void {
  const lines = [
    '',
    `  Phase ${phase.number}: ${phase.title}`,
    '',
    `  API     ${url}/swagger`,
    `  gRPC    ${grpcAddress}`,
    `  Try     curl ${url}/hello`,
    `          curl '${url}/slow?ms=500'`,
    `          curl ${url}/v1/courses`,
    ...(phase.number >= 3 ? [`  Metrics ${url}/metrics`] : []),
    ...(phase.number >= 1 && config.LOG_FILE ? [`  Logs    tail -f ${config.LOG_FILE}`] : []),
    '',
    '  Ctrl-C stops it.',
    '',
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}
