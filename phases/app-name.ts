/**
 * The application's name, in the names of channels, instrumentation scopes, attributes and metrics that are its own.
 * It is a constant and not a setting, because channels are made when their module loads.
 */
export const APP_NAME = 'course-app'
