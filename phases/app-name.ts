/**
 * The application's name. It begins the names of its own channels, instrumentation scopes, attributes and metrics.
 * It is a constant rather than a setting, because channels are created when their module loads.
 */
export const APP_NAME = 'course-app'
