/** The levels of a log line, from the least to the most serious. */
export const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
