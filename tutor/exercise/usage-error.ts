/** An impossible request. Its message has the remedy and is all that is printed. */
export class UsageError extends Error {}
