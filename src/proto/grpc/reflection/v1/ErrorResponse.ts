// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * Why there is no answer.
 */
export interface ErrorResponse {
  /**
   * A gRPC status code.
   */
  'error_code'?: (number);
  /**
   * In words.
   */
  'error_message'?: (string);
}

/**
 * Why there is no answer.
 */
export interface ReceivedErrorResponse {
  /**
   * A gRPC status code.
   */
  'error_code': (number);
  /**
   * In words.
   */
  'error_message': (string);
}
