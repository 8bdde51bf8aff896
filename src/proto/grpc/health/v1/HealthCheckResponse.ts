// Original file: proto/grpc/health/v1/health.proto


// Original file: proto/grpc/health/v1/health.proto

/**
 * Whether it does its work.
 */
export const _grpc_health_v1_HealthCheckResponse_ServingStatus = {
  /**
   * Nothing is known.
   */
  UNKNOWN: 'UNKNOWN',
  /**
   * It does.
   */
  SERVING: 'SERVING',
  /**
   * It does not.
   */
  NOT_SERVING: 'NOT_SERVING',
  /**
   * There is no such service. Only from Watch.
   */
  SERVICE_UNKNOWN: 'SERVICE_UNKNOWN',
} as const;

/**
 * Whether it does its work.
 */
export type _grpc_health_v1_HealthCheckResponse_ServingStatus =
  /**
   * Nothing is known.
   */
  | 'UNKNOWN'
  | 0
  /**
   * It does.
   */
  | 'SERVING'
  | 1
  /**
   * It does not.
   */
  | 'NOT_SERVING'
  | 2
  /**
   * There is no such service. Only from Watch.
   */
  | 'SERVICE_UNKNOWN'
  | 3

/**
 * Whether it does its work.
 */
export type Received_grpc_health_v1_HealthCheckResponse_ServingStatus = typeof _grpc_health_v1_HealthCheckResponse_ServingStatus[keyof typeof _grpc_health_v1_HealthCheckResponse_ServingStatus]

/**
 * How the service is.
 */
export interface HealthCheckResponse {
  /**
   * Whether it does its work.
   */
  'status'?: (_grpc_health_v1_HealthCheckResponse_ServingStatus);
}

/**
 * How the service is.
 */
export interface ReceivedHealthCheckResponse {
  /**
   * Whether it does its work.
   */
  'status': (Received_grpc_health_v1_HealthCheckResponse_ServingStatus);
}
