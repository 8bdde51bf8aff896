import { type CommandParser, defineScript } from 'redis'

/**
 * The cache's commands as Lua scripts: each is atomic and takes one round trip.
 *
 * An entry is `<generation> <JSON>` or, while it is being loaded, `<generation> lease:…`. An entry of another generation
 * counts as absent.
 */
export const scripts = {
  /** Returns the entry: JSON or a lease. If there is none, stores `lease` for `leaseMs` and returns it. */
  getOrLease: defineScript({
    SCRIPT: `
      local generation = (redis.call('GET', KEYS[1]) or '') .. ' '
      local kept = redis.call('GET', KEYS[2])
      if kept and kept:sub(1, #generation) == generation then return kept:sub(#generation + 1) end
      redis.call('SET', KEYS[2], generation .. ARGV[1], 'PX', ARGV[2])
      return ARGV[1]`,
    NUMBER_OF_KEYS: 2,
    parseCommand(parser: CommandParser, generationKey: string, key: string, lease: string, leaseMs: number) {
      parser.pushKey(generationKey)
      parser.pushKey(key)
      parser.push(lease, String(leaseMs))
    },
    transformReply: undefined as unknown as () => string,
  }),

  /** Stores `json` for `ttlMs` if the entry is still `lease`, and returns 1; otherwise returns 0. */
  replaceLease: defineScript({
    SCRIPT: `
      local generation = (redis.call('GET', KEYS[1]) or '') .. ' '
      if redis.call('GET', KEYS[2]) ~= generation .. ARGV[1] then return 0 end
      redis.call('SET', KEYS[2], generation .. ARGV[2], 'PX', ARGV[3])
      return 1`,
    NUMBER_OF_KEYS: 2,
    parseCommand(
      parser: CommandParser,
      generationKey: string,
      key: string,
      lease: string,
      json: string,
      ttlMs: number,
    ) {
      parser.pushKey(generationKey)
      parser.pushKey(key)
      parser.push(lease, json, String(ttlMs))
    },
    transformReply: undefined as unknown as () => number,
  }),
}
