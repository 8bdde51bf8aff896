// For a container's health check: exit code 0 if this container's server answers 200 on a path, else 1.
// Usage: node docker/health.mjs /readyz
process.env.no_proxy = '127.0.0.1' // whatever NODE_USE_ENV_PROXY says
const { PORT = '8080' } = process.env
const [path = '/livez'] = process.argv.slice(2)
try {
  const { status } = await fetch(`http://127.0.0.1:${PORT}${path}`, { signal: AbortSignal.timeout(3000) })
  process.exit(status === 200 ? 0 : 1)
} catch (error) {
  process.stderr.write(`${error.cause?.message ?? error.message}\n`)
  process.exit(1)
}
