/** In the spelling of each client: grpc-js expects `::1`, `fetch` expects `[::1]`. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]']

/**
 * Keeps calls to this machine away from proxies: to the partner, the course service and telemetry backends. Node's
 * `fetch` (with `NODE_USE_ENV_PROXY`) and grpc-js read the environment at each connection, and child processes inherit it.
 */
export function bypassProxyOnLoopback(env: NodeJS.ProcessEnv = process.env): void {
  const given = env.no_proxy ?? env.NO_PROXY ?? ''
  // grpc-js prefers its own variable, and does not support `*`.
  env.no_grpc_proxy = withLoopback(env.no_grpc_proxy || given)
  if (given.trim() !== '*') env.no_proxy = withLoopback(given)
}

function withLoopback(list: string): string {
  const names = list.split(/[\s,]+/).filter((name) => name !== '')
  return [...new Set([...names, ...LOOPBACK])].join(',')
}
