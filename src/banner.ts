import type { Serving } from './platform/serve.ts'

/** Prints where the app listens. Goes to stderr, so that stdout holds log lines and nothing else. */
export function printBanner(serving: Serving): void {
  const { phase, config, url } = serving
  const lines = [
    '',
    `  Phase ${phase.number}: ${phase.title}`,
    '',
    ...(config.ROLE === 'course' ? withoutApi(serving) : withApi(serving)),
    ...(phase.number >= 3 ? [`  Metrics ${url}/metrics`] : []),
    ...(phase.number >= 1 && config.LOG_FILE ? [`  Logs    tail -f ${config.LOG_FILE}`] : []),
    '',
    '  Ctrl-C stops it.',
    '',
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

function withApi({ config, url, grpcAddress }: Serving): string[] {
  return [
    ...(config.LAB === 'on' ? [`  Lab     ${url}`] : []),
    `  API     ${url}/swagger`,
    config.ROLE === 'gateway' ? `  Courses ${config.COURSE_GRPC_URL}` : `  gRPC    ${grpcAddress}`,
    `  Try     curl ${url}/hello`,
    `          curl '${url}/slow?ms=500'`,
    `          curl ${url}/v1/courses`,
  ]
}

function withoutApi({ url, grpcAddress }: Serving): string[] {
  return [`  gRPC    ${grpcAddress}`, `  Health  ${url}/readyz`]
}
