// Original file: proto/google/rpc/error_details.proto


/**
 * One fault.
 */
export interface _google_rpc_BadRequest_FieldViolation {
  /**
   * The path of the field: `batches[0].starts_at`. Empty for the request as a whole.
   */
  'field'?: (string);
  /**
   * What is wrong with it.
   */
  'description'?: (string);
}

/**
 * One fault.
 */
export interface Received_google_rpc_BadRequest_FieldViolation {
  /**
   * The path of the field: `batches[0].starts_at`. Empty for the request as a whole.
   */
  'field': (string);
  /**
   * What is wrong with it.
   */
  'description': (string);
}

/**
 * Which fields of a request are at fault.
 */
export interface BadRequest {
  /**
   * All faults.
   */
  'field_violations'?: (_google_rpc_BadRequest_FieldViolation)[];
}

/**
 * Which fields of a request are at fault.
 */
export interface ReceivedBadRequest {
  /**
   * All faults.
   */
  'field_violations': (Received_google_rpc_BadRequest_FieldViolation)[];
}
