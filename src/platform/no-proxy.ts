/** As clients look for it: grpc-js wants `::1`, `fetch` wants `[::1]`. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]']

/**
 * No call to this machine itself goes to a proxy: to the partner, the course service or a backend of telemetry. Node's
 * `fetch` (with `NODE_USE_ENV_PROXY`) and grpc-js look at the environment at each connection, and child processes get it.
 */
export function bypassProxyOnLoopback(env: NodeJS.ProcessEnv = process.env): void {
  const given = env.no_proxy ?? env.NO_PROXY ?? ''
  // grpc-js has a variable of its own, which wins there, and knows no `*`.
  env.no_grpc_proxy = withLoopback(env.no_grpc_proxy || given)
  if (given.trim() !== '*') env.no_proxy = withLoopback(given)
}

function withLoopback(list: string): string {
  const names = list.split(/[\s,]+/).filter((name) => name !== '')
  return [...new Set([...names, ...LOOPBACK])].join(',')
}
