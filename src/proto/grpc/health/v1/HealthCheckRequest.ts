// Original file: proto/grpc/health/v1/health.proto


/**
 * Which service.
 */
export interface HealthCheckRequest {
  /**
   * Its full name; empty for the server as a whole.
   */
  'service'?: (string);
}

/**
 * Which service.
 */
export interface ReceivedHealthCheckRequest {
  /**
   * Its full name; empty for the server as a whole.
   */
  'service': (string);
}
